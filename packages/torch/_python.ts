/** How long a line of Python may be. */
const WIDTH = 100;

/** A number, text, truth value or list of these as Python writes it. */
export function python(value: boolean | null | number | string | readonly unknown[]): string {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  // JSON's numbers and strings are Python's too.
  if (!Array.isArray(value)) return JSON.stringify(value);
  return `[${value.map((item) => python(item)).join(", ")}]`;
}

/** Arguments of a call, `name=value`, without those that Python would take anyway. */
export function keywords(settings: Readonly<Record<string, string | null>>): string[] {
  return Object.entries(settings).flatMap(([name, value]) =>
    value === null ? [] : [`${name}=${value}`]
  );
}

/** A list that is broken into lines where it is too long for one; `indent` is that of its first line. */
export function pythonList(items: readonly string[], indent: string): string {
  const line = `[${items.join(", ")}]`;
  if (indent.length + line.length <= WIDTH) return line;
  const lines: string[] = [];
  for (const item of items) {
    const last = lines.at(-1);
    const longer = `${last} ${item},`;
    if (last !== undefined && indent.length + 4 + longer.length <= WIDTH) {
      lines[lines.length - 1] = longer;
    } else lines.push(`${item},`);
  }
  return ["[", ...lines.map((text) => `${indent}    ${text}`), `${indent}]`].join("\n");
}

/** The same lines further to the right. */
export function indented(text: string, by: number): string {
  return text.replace(/^(?=.)/gm, " ".repeat(by));
}

/** The definitions of functions that several parts need, each once. */
export function definitionsOf(
  parts: readonly { readonly functions: Readonly<Record<string, string>> }[],
): string[] {
  return [...new Map(parts.flatMap(({ functions }) => Object.entries(functions))).values()];
}

/** A text without the lines of features that are off; such lines end in `#? feature` or `#? not feature`. */
export function withFeatures<Features extends { readonly [Name in keyof Features]: boolean }>(
  text: string,
  features: Features,
): string {
  return text.split("\n").flatMap((line) => {
    const [, code, not, name] = line.match(/^(.*?) {2}#\? (not )?(\w+)$/) ?? [];
    if (name === undefined) return [line];
    return features[name as keyof Features] === (not === undefined) ? [code!] : [];
  }).join("\n");
}
