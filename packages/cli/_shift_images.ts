/**
 * Images moved right and down by some pixels, or left and up if there are fewer than 0; what comes in is the
 * image reflected at its outermost pixels, which are not repeated.
 *
 * @param images `[rows, height, width, channels]`.
 * @param by A whole number, nearer to 0 than the sides are long.
 * @returns New numbers in the same order.
 */
export function shiftImages(
  { data, shape }: { readonly data: ArrayLike<number>; readonly shape: readonly number[] },
  by: number,
): Float32Array {
  const [rows, height, width, channels] = shape as [number, number, number, number];
  if (shape.length !== 4 || !Number.isInteger(by) || Math.abs(by) >= Math.min(height, width)) {
    throw new RangeError(
      `Cannot shift images as the shift must be a whole number below their sides: found ${by} for [${
        shape.join(", ")
      }]`,
    );
  }
  const moved = new Float32Array(data.length);
  let to = 0;
  for (let row = 0; row < rows; row++) {
    for (let y = 0; y < height; y++) {
      const line = (row * height + reflect(y - by, height)) * width;
      for (let x = 0; x < width; x++) {
        const from = (line + reflect(x - by, width)) * channels;
        for (let c = 0; c < channels; c++) moved[to++] = data[from + c]!;
      }
    }
  }
  return moved;
}

/** A place inside for one that may be outside by less than the length. */
function reflect(place: number, length: number): number {
  const inside = Math.abs(place);
  return inside < length ? inside : 2 * (length - 1) - inside;
}
