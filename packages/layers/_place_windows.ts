import { formatShape, ShapeError } from "@gradus/tensor";
import type { Pair } from "./_window_settings.ts";
import type { Padding2d } from "./padding2d.ts";

/** Where windows stand on an image. */
export interface Placement {
  /** How many windows there are, one for each pixel of the output. */
  readonly outputSize: Pair;
  /** Rows above and columns left of the image. */
  readonly padding: Pair;
}

/**
 * Lays windows over an image.
 *
 * @param inputSize Rows and columns of the image.
 * @param options The rows and columns that a window spans, its holes included, and for messages the
 * layer's name and what it calls its window.
 */
export function placeWindows(
  inputSize: Pair,
  options: {
    readonly span: Pair;
    readonly stride: Pair;
    readonly padding: Padding2d;
    readonly layer: string;
    readonly window: string;
  },
): Placement {
  const { span, stride, padding } = options;
  const axes = [0, 1].map((axis) => {
    const [length, step] = [inputSize[axis]!, stride[axis]!];
    if (padding === "same") {
      const count = Math.ceil(length / step);
      const missing = Math.max((count - 1) * step + span[axis]! - length, 0);
      return { count, before: Math.floor(missing / 2), room: Infinity };
    }
    const before = padding === "valid" ? 0 : padding;
    const room = length + 2 * before;
    return { count: Math.floor((room - span[axis]!) / step) + 1, before, room };
  });
  if (axes.some(({ count }) => count < 1)) {
    throw new ShapeError(
      `Cannot initialise ${options.layer} as the ${options.window} must fit into the padded input: found ${
        formatShape(span)
      } and ${formatShape(axes.map(({ room }) => room))}`,
    );
  }
  const [rows, columns] = axes as [(typeof axes)[0], (typeof axes)[0]];
  return {
    outputSize: [rows.count, columns.count],
    padding: [rows.before, columns.before],
  };
}
