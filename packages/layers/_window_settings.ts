import type { Padding2d } from "./padding2d.ts";
import type { Size2d } from "./size2d.ts";

/** Height and width. */
export type Pair = readonly [height: number, width: number];

/** Both numbers of a size, each a whole number of at least 1. */
export function readSize(
  size: Size2d,
  options: { readonly layer: string; readonly setting: string },
): Pair {
  const pair = Array.isArray(size) ? [...size] : [size, size];
  if (pair.length !== 2 || !pair.every((length) => Number.isInteger(length) && length >= 1)) {
    throw new RangeError(
      `Cannot make ${options.layer} as ${options.setting} must be a whole number of at least 1, or two: found ${
        JSON.stringify(size) ?? size
      }`,
    );
  }
  return pair as unknown as Pair;
}

/** A padding that is one. */
export function readPadding(padding: Padding2d, options: { readonly layer: string }): Padding2d {
  const isCount = Number.isInteger(padding) && Number(padding) >= 0;
  if (padding !== "valid" && padding !== "same" && !isCount) {
    throw new RangeError(
      `Cannot make ${options.layer} as padding must be valid, same or a whole number of at least 0: found ${padding}`,
    );
  }
  return padding;
}
