import { type Attributes, element } from "./_element.ts";
import { PADDING, type TextBlock } from "./_heading.ts";
import { labelElement } from "./_label.ts";
import type { Paint } from "./_paint.ts";
import { shortenText } from "./_wrap_text.ts";

const SIZE = 12;

/** A frame that can be seen on any colour: white inside black. */
export function cellMark(
  { x, y, width, height }: { x: number; y: number; width: number; height: number },
): string[] {
  const inset = (by: number, stroke: Attributes) =>
    element("rect", {
      x: x + by,
      y: y + by,
      width: width - 2 * by,
      height: height - 2 * by,
      fill: "none",
      ...stroke,
    });
  return [
    inset(0.5, { stroke: "#000000", "stroke-width": 3 }),
    inset(2.5, { stroke: "#ffffff", "stroke-width": 1.5 }),
  ];
}

/** What the frame means. */
export function cellMarkKey(
  label: string,
  { top, width, paint }: { top: number; width: number; paint: Paint },
): TextBlock {
  const text = shortenText(label, { width: width - 2 * PADDING - 31, size: SIZE });
  return {
    elements: [
      ...cellMark({ x: PADDING + 1, y: top + 2, width: 22, height: 16 }),
      labelElement({ text }, {
        x: PADDING + 31,
        y: top + 14,
        size: SIZE,
        ...paint({ fill: "ink" }),
      }),
    ],
    height: 26,
  };
}
