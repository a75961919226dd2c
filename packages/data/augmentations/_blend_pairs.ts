import type { NdArray } from "../nd_array.ts";

/**
 * Blends the first row with the last, the second with the last but one and so on, in place:
 * `y[i] = share · x[i] + (1 − share) · x[rows − 1 − i]`.
 *
 * As batches are shuffled, the row at the other end is as random as any; and pairs need no copy.
 */
export function blendPairs({ data, shape }: NdArray<Float32Array>, share: number): void {
  const [rows] = shape;
  const length = data.length / rows;
  for (let row = 0; row < rows >> 1; row++) {
    const first = row * length;
    const second = (rows - 1 - row) * length;
    for (let i = 0; i < length; i++) {
      const a = data[first + i];
      const b = data[second + i];
      data[first + i] = share * a + (1 - share) * b;
      data[second + i] = share * b + (1 - share) * a;
    }
  }
}
