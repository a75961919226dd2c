import { labelElement } from "./_label.ts";
import type { Paint, Role } from "./_paint.ts";
import { wrapText } from "./_wrap_text.ts";

/** The empty border of a drawing, in pixels. */
export const PADDING = 18;

/** Lines of text one below the other. */
export interface TextBlock {
  elements: string[];
  /** In pixels. */
  height: number;
}

const TITLE = { size: 17, lineHeight: 22, maxLines: 3 };
const NOTE = { size: 11, lineHeight: 15, maxLines: 4 };

/** The title in at most three lines, on the left of a drawing of `width` pixels. */
export function titleBlock(
  title: string,
  { width, paint }: { width: number; paint: Paint },
): TextBlock {
  const box = { width: width - 2 * PADDING, size: TITLE.size, maxLines: TITLE.maxLines };
  const lines = wrapText(title, { ...box, weight: "bold" });
  return textBlock(lines, { ...TITLE, top: PADDING - 2, weight: "600", colour: "ink", paint });
}

/** Small print, each note in at most four lines, from `top` on. */
export function noteBlock(
  notes: readonly string[],
  { top, width, paint }: { top: number; width: number; paint: Paint },
): TextBlock {
  const box = { width: width - 2 * PADDING, size: NOTE.size, maxLines: NOTE.maxLines };
  const lines = notes.flatMap((note) => wrapText(note, box));
  return textBlock(lines, { ...NOTE, top, colour: "muted", paint });
}

interface BlockOptions {
  size: number;
  lineHeight: number;
  top: number;
  weight?: string;
  colour: Role;
  paint: Paint;
}

function textBlock(
  lines: readonly string[],
  { size, lineHeight, top, weight, colour, paint }: BlockOptions,
): TextBlock {
  const elements = lines.map((text, line) =>
    labelElement({ text }, {
      x: PADDING,
      y: top + line * lineHeight + size,
      size,
      "font-weight": weight,
      ...paint({ fill: colour }),
    })
  );
  return { elements, height: lines.length * lineHeight };
}
