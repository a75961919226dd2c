import { element } from "./_element.ts";
import { type Frame, toX } from "./_frame.ts";
import { labelElement } from "./_label.ts";
import type { LineMark } from "./line_chart.ts";
import type { Paint } from "./_paint.ts";
import { textWidth } from "./_text_width.ts";
import { shortenText } from "./_wrap_text.ts";

const SIZE = 11.5;

/** The height of a row of marks' labels, in pixels. */
export const MARK_ROW_HEIGHT = 17;

/** A mark, and where its label has room. */
export interface PlacedMark {
  x: number;
  text: string;
  /** The middle of the label. */
  labelX: number;
  /** 0 is the row next to the frame. */
  row: number;
}

/** Gives each label the lowest row in which it touches no other. */
export function placeMarks(
  marks: readonly LineMark[],
  frame: Pick<Frame, "left" | "right" | "x">,
): PlacedMark[] {
  const placed: (PlacedMark & { from: number; to: number })[] = [];
  for (const { x: value, label } of marks) {
    const text = shortenText(label, { width: frame.right - frame.left, size: SIZE });
    const half = textWidth(text, SIZE) / 2;
    const x = toX(frame, value);
    const labelX = Math.min(Math.max(x, frame.left + half), frame.right - half);
    const from = labelX - half;
    const to = labelX + half;
    let row = 0;
    while (
      placed.some((other) => other.row === row && from < other.to + 10 && other.from < to + 10)
    ) {
      row++;
    }
    placed.push({ x, text, labelX, row, from, to });
  }
  return placed;
}

/** A dashed vertical line for each mark, with its label above the frame. */
export function markElements(marks: readonly PlacedMark[], frame: Frame, paint: Paint): string[] {
  const lines = marks.map(({ x, row }) =>
    element("line", {
      x1: x,
      y1: frame.top - row * MARK_ROW_HEIGHT - 4,
      x2: x,
      y2: frame.bottom,
      ...paint({ stroke: "muted" }),
      "stroke-width": 1.25,
      "stroke-dasharray": "4 3",
    })
  );
  const labels = marks.map(({ text, labelX, row }) =>
    labelElement({ text }, {
      x: labelX,
      y: frame.top - row * MARK_ROW_HEIGHT - 7,
      size: SIZE,
      "text-anchor": "middle",
      ...paint({ fill: "ink", stroke: "surface" }),
      ...HALO,
    })
  );
  return [...lines, ...labels];
}

/** Keeps a label readable where the line of a mark in a higher row runs through it. */
const HALO = { "stroke-width": 3, "stroke-linejoin": "round", "paint-order": "stroke" };
