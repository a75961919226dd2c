import { labelElement } from "./_label.ts";
import type { Paint } from "./_paint.ts";
import { textWidth } from "./_text_width.ts";
import { shortenText } from "./_wrap_text.ts";

const SIZE = 13;

/** What a horizontal axis measures, its middle at `x` and its baseline at `y`. */
export function horizontalAxisName(
  text: string,
  { x, y, room, paint }: { x: number; y: number; room: number; paint: Paint },
): string {
  return labelElement({ text: shortenText(text, { width: room, size: SIZE }) }, {
    x,
    y,
    size: SIZE,
    "text-anchor": "middle",
    ...paint({ fill: "ink" }),
  });
}

/**
 * What a vertical axis measures, reading upwards: in the middle of `top` and `bottom` if it fits
 * there, and otherwise from `top` on, as far down as `room` allows.
 */
export function verticalAxisName(
  text: string,
  { x, top, bottom, room = bottom - top, paint }: {
    x: number;
    top: number;
    bottom: number;
    room?: number;
    paint: Paint;
  },
): string {
  const shown = shortenText(text, { width: room, size: SIZE });
  const middle = Math.max((top + bottom) / 2, top + textWidth(shown, SIZE) / 2);
  return labelElement({ text: shown }, {
    x: 0,
    y: 0,
    size: SIZE,
    "text-anchor": "middle",
    ...paint({ fill: "ink" }),
    transform: `translate(${Math.round(x)} ${Math.round(middle)}) rotate(-90)`,
  });
}
