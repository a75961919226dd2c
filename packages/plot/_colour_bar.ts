import { verticalAxisName } from "./_axis_name.ts";
import { type Light, mixColours, writeColour } from "./_colour.ts";
import { element } from "./_element.ts";
import { labelElement, labelWidth } from "./_label.ts";
import type { Paint } from "./_paint.ts";
import { type Extent, linearScale } from "./_scale.ts";

/** What the colours of a matrix mean. */
export interface Colours {
  /** The values of the first and the last colour. */
  extent: Extent;
  /** The colours of the smallest and the largest value. */
  low: Light;
  high: Light;
  /** What they measure. */
  label: string;
}

const WIDTH = 14;
const TICK_GAP = 7;
const TICK_SIZE = 12;
const LABEL_WIDTH = 24;
const STEPS = 64;

/** The colour of a value; where all values are the same, the one in the middle. */
export function colourOf(value: number, { extent: { min, max }, low, high }: Colours): Light {
  return mixColours(low, high, max > min ? (value - min) / (max - min) : 0.5);
}

/** The width in pixels of a bar with its numbers and its label. */
export function colourBarWidth({ extent }: Colours): number {
  return WIDTH + TICK_GAP + tickWidth(ticksOf(extent)) + LABEL_WIDTH;
}

/** A bar of all colours, the smallest value at the bottom, with numbers beside it. */
export function colourBar(
  colours: Colours,
  { left, top, height, paint }: { left: number; top: number; height: number; paint: Paint },
): string[] {
  const scale = ticksOf(colours.extent);
  const labels = scale.ticks.map(({ value, label }) => {
    const y = top + (1 - scale.position(value)) * height;
    return labelElement(label, { x: left + WIDTH + TICK_GAP, y: y + 4.2, size: TICK_SIZE });
  });
  return [
    element("g", {}, ...steps(colours, { left, top, height })),
    element("g", paint({ fill: "muted" }), ...labels),
    verticalAxisName(colours.label, {
      x: left + WIDTH + TICK_GAP + tickWidth(scale) + 20,
      top,
      bottom: top + height,
      paint,
    }),
  ];
}

function steps(
  colours: Colours,
  { left, top, height }: { left: number; top: number; height: number },
): string[] {
  const { min, max } = colours.extent;
  return Array.from({ length: STEPS }, (_, index) => {
    const level = 1 - (index + 0.5) / STEPS;
    const y = top + index * height / STEPS;
    const fill = writeColour(colourOf(min + level * (max - min), colours));
    // Each step reaches down to the end and lies under the next, so that no seam shows.
    return element("rect", { x: left, y, width: WIDTH, height: top + height - y, fill });
  });
}

function ticksOf(extent: Extent): ReturnType<typeof linearScale> {
  return linearScale(extent, { count: 5, nice: false });
}

function tickWidth({ ticks }: ReturnType<typeof linearScale>): number {
  const widths = ticks.map(({ label }) => labelWidth(label, TICK_SIZE));
  return widths.reduce((most, width) => Math.max(most, width), 0);
}
