import { DOMParser, type Element } from "@xmldom/xmldom";

/** A drawing as tests ask for it. Used by tests alone. */
export interface ParsedSvg {
  /** The `<svg>` element. */
  root: Element;
  /** All elements of a name, in order. */
  all(name: string): Element[];
  /** The contents of all `<text>` elements. */
  texts(): string[];
}

/** Parses a drawing, and throws where it is not well-formed XML. */
export function parseSvg(svg: string): ParsedSvg {
  const parser = new DOMParser({
    onError: (level, message) => {
      if (level === "warning") return;
      throw new SyntaxError(`Cannot parse a drawing as it must be well-formed XML: ${message}`);
    },
  });
  const root = parser.parseFromString(svg, "image/svg+xml").documentElement!;
  const all = (name: string) => Array.from(root.getElementsByTagName(name));
  return { root, all, texts: () => all("text").map((text) => text.textContent ?? "") };
}

/** The number in an attribute. */
export function numberOf(element: Element, attribute: string): number {
  return Number(element.getAttribute(attribute) ?? NaN);
}
