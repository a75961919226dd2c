import { horizontalAxisName, verticalAxisName } from "./_axis_name.ts";
import { type Attributes, element } from "./_element.ts";
import { type Frame, toX, toY } from "./_frame.ts";
import { labelElement, labelWidth } from "./_label.ts";
import type { Paint } from "./_paint.ts";

/** The size of the numbers along an axis. */
export const TICK_SIZE = 12;

/** What the axes take below the frame: numbers and name. */
export const AXIS_HEIGHT = 46;

/** What they take on its left: the numbers' widths and a name on its side. */
export function axisWidth(ticks: Frame["y"]["ticks"]): number {
  return Math.max(...ticks.map(({ label }) => labelWidth(label, TICK_SIZE))) + 32;
}

/** The grid, the numbers along both axes and the names of the axes. */
export function axes(
  frame: Frame,
  { x, y, left, paint }: { x: string; y: string; left: number; paint: Paint },
): string[] {
  return [
    element("g", paint({ stroke: "grid" }), ...gridLines(frame)),
    element("g", paint({ stroke: "axis" }), ...baseline(frame)),
    element(
      "g",
      { "text-anchor": "middle", ...paint({ fill: "muted" }) },
      ...frame.x.ticks.map(({ value, label }) =>
        labelElement(label, { x: toX(frame, value), y: frame.bottom + 20, size: TICK_SIZE })
      ),
    ),
    element(
      "g",
      { "text-anchor": "end", ...paint({ fill: "muted" }) },
      ...frame.y.ticks.map(({ value, label }) =>
        labelElement(label, { x: frame.left - 8, y: toY(frame, value) + 4, size: TICK_SIZE })
      ),
    ),
    horizontalAxisName(x, {
      x: (frame.left + frame.right) / 2,
      y: frame.bottom + 41,
      room: frame.right - frame.left,
      paint,
    }),
    verticalAxisName(y, { x: left + 11, top: frame.top, bottom: frame.bottom, paint }),
  ];
}

function gridLines(frame: Frame): string[] {
  const { left, right, top, bottom } = frame;
  const horizontal = (value: number, attributes: Attributes = {}) => {
    const y = crisp(toY(frame, value));
    return element("line", { x1: left, y1: y, x2: right, y2: y, ...attributes });
  };
  const vertical = (value: number, attributes: Attributes = {}) => {
    const x = crisp(toX(frame, value));
    return element("line", { x1: x, y1: top, x2: x, y2: bottom, ...attributes });
  };
  const faint = { "stroke-opacity": 0.55 };
  return [
    ...frame.y.minor.map((value) => horizontal(value, faint)),
    ...frame.x.minor.map((value) => vertical(value, faint)),
    ...frame.y.ticks.map(({ value }) => horizontal(value)),
    ...frame.x.ticks.map(({ value }) => vertical(value)),
  ];
}

function baseline(frame: Frame): string[] {
  const y = crisp(frame.bottom);
  return [
    element("line", { x1: frame.left, y1: y, x2: frame.right, y2: y }),
    ...frame.x.ticks.map(({ value }) => {
      const x = crisp(toX(frame, value));
      return element("line", { x1: x, y1: y, x2: x, y2: y + 5 });
    }),
  ];
}

/** A line of one pixel is sharp in the middle of a pixel. */
function crisp(value: number): number {
  return Math.floor(value) + 0.5;
}
