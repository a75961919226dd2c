import { escapeXml } from "./_escape_xml.ts";

/** Attributes by name, written in this order; those that are undefined are left out. */
export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** An XML element. `children` are XML already: pass text through `escapeXml` first. */
export function element(name: string, attributes: Attributes, ...children: string[]): string {
  let tag = `<${name}`;
  for (const [key, value] of Object.entries(attributes)) {
    if (value === undefined) continue;
    tag += ` ${key}="${typeof value === "number" ? coordinate(value) : escapeXml(value)}"`;
  }
  return children.length === 0 ? `${tag}/>` : `${tag}>${children.join("")}</${name}>`;
}

/** A length in pixels with at most two decimals, so that the same chart is the same bytes. */
export function coordinate(value: number): string {
  return String(Math.round(value * 100) / 100);
}
