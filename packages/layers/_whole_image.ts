import type { Operand, PoolGeometry, Tensor } from "@gradus/tensor";

/** A window as large as the image: there is one. */
export function wholeImage(height: number, width: number): PoolGeometry {
  return { window: [height, width], stride: [1, 1], padding: [0, 0] };
}

/** Rows `[batch, channels]` as images of one pixel, which the kernels of pooling read and write. */
export function asPixels(rows: Tensor): Operand {
  const [batch, channels] = rows.shape as [number, number];
  return { storage: rows.storage, dtype: rows.dtype, shape: [batch, 1, 1, channels] };
}
