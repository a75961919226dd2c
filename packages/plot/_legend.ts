import { element } from "./_element.ts";
import type { TextBlock } from "./_heading.ts";
import { PADDING } from "./_heading.ts";
import { labelElement } from "./_label.ts";
import { bandStyle, lineStyle, markerStyle } from "./_line.ts";
import { markerElement } from "./_marker.ts";
import type { Paint } from "./_paint.ts";
import type { Series } from "./_series.ts";
import { textWidth } from "./_text_width.ts";
import { shortenText } from "./_wrap_text.ts";

const SIZE = 12.5;
const LINE_HEIGHT = 21;
const SAMPLE_WIDTH = 30;
const SAMPLE_GAP = 7;
const ENTRY_GAP = 22;

/** A sample of each line and its name, in as many rows as the drawing's width asks for. */
export function legendBlock(
  series: readonly Series[],
  { top, width, paint }: { top: number; width: number; paint: Paint },
): TextBlock {
  const room = width - 2 * PADDING;
  const elements: string[] = [];
  let x = 0;
  let row = 0;
  for (const [index, one] of series.entries()) {
    const name = shortenText(one.name, { width: room - SAMPLE_WIDTH - SAMPLE_GAP, size: SIZE });
    const entryWidth = SAMPLE_WIDTH + SAMPLE_GAP + textWidth(name, SIZE);
    if (x > 0 && x + entryWidth > room) {
      x = 0;
      row++;
    }
    const place = { x: PADDING + x, y: top + row * LINE_HEIGHT + LINE_HEIGHT / 2 };
    elements.push(...sample(one, { index, ...place, paint }));
    elements.push(labelElement({ text: name }, {
      x: place.x + SAMPLE_WIDTH + SAMPLE_GAP,
      y: place.y + 0.36 * SIZE,
      size: SIZE,
      ...paint({ fill: "ink" }),
    }));
    x += entryWidth + ENTRY_GAP;
  }
  return { elements, height: elements.length === 0 ? 0 : (row + 1) * LINE_HEIGHT };
}

function sample(
  { band, dashed, marker }: Series,
  { index, x, y, paint }: { index: number; x: number; y: number; paint: Paint },
): string[] {
  const area = { x, y: y - 6, width: SAMPLE_WIDTH, height: 12, ...bandStyle(index, paint) };
  const ends = { x1: x, y1: y, x2: x + SAMPLE_WIDTH, y2: y };
  const point = { x: x + SAMPLE_WIDTH / 2, y, ...markerStyle(index, paint) };
  return [
    ...(band === undefined ? [] : [element("rect", area)]),
    element("line", { ...ends, ...lineStyle(index, { dashed, paint }) }),
    ...(marker ? [markerElement(index, point)] : []),
  ];
}
