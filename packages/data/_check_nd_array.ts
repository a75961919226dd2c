import type { NdArray } from "./nd_array.ts";

/** A shape as it is written in messages: `[150, 4]`. */
export function shapeText(shape: readonly number[]): string {
  return `[${shape.join(", ")}]`;
}

/**
 * Throws a `TypeError` unless the values fill the shape.
 *
 * @param action What cannot be done otherwise, such as `take rows of x`.
 */
export function checkNdArray(action: string, x: NdArray): void {
  const { data, shape } = x;
  if (!shape.every((length) => Number.isSafeInteger(length) && length >= 0)) {
    throw new TypeError(
      `Cannot ${action} as lengths of axes must be whole numbers: found ${shapeText(shape)}`,
    );
  }
  const size = shape.reduce((product, length) => product * length, 1);
  if (size !== data.length) {
    throw new TypeError(
      `Cannot ${action} as its values must fill its shape: found ${data.length} in ` +
        shapeText(shape),
    );
  }
}

/** Throws a `TypeError` unless the values fill a shape that begins with the rows. */
export function checkRows(action: string, x: NdArray): void {
  checkNdArray(action, x);
  if (x.shape.length === 0) {
    throw new TypeError(`Cannot ${action} as its first axis must be its rows: found a shape []`);
  }
}
