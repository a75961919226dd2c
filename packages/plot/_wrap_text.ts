import { textWidth } from "./_text_width.ts";

/** How wide text may be, and in what letters. */
export interface TextBox {
  /** In pixels. */
  width: number;
  /** The font size in pixels. */
  size: number;
  weight?: "normal" | "bold";
}

/** The longest beginning of `text` that fits into the box, with "…" where something is missing. */
export function shortenText(text: string, { width, size, weight }: TextBox): string {
  if (textWidth(text, size, weight) <= width) return text;
  const characters = [...text];
  while (
    characters.length > 0 && textWidth(characters.join("").trimEnd() + "…", size, weight) > width
  ) characters.pop();
  return characters.join("").trimEnd() + "…";
}

/** `text` in lines that fit into the box, at most `maxLines`; the last one may be shortened. */
export function wrapText(text: string, box: TextBox & { maxLines: number }): string[] {
  const lines: string[] = [];
  for (const paragraph of text.split(/\r\n|[\n\r]/)) {
    let line = "";
    for (const word of paragraph.split(/\s+/)) {
      const longer = line === "" ? word : `${line} ${word}`;
      if (line === "" || textWidth(longer, box.size, box.weight) <= box.width) {
        line = longer;
      } else {
        lines.push(line);
        line = word;
      }
    }
    lines.push(line);
  }
  const kept = lines.slice(0, box.maxLines);
  if (kept.length < lines.length) {
    kept.push(lines.slice(kept.length - 1).join(" "));
    kept.splice(-2, 1);
  }
  return kept.map((line) => shortenText(line, box));
}
