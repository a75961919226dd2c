import type { ImageShape } from "../_check_images.ts";

/** Mirrors an image from left to right: `to[i, j] = from[i, width − 1 − j]`. */
export function mirror(from: Float32Array, to: Float32Array, shape: ImageShape): void {
  const { height, width, channels } = shape;
  const length = width * channels;
  for (let i = 0; i < height; i++) {
    for (let c = 0; c < channels; c++) {
      let source = (i + 1) * length - channels + c;
      for (let target = i * length + c; target < (i + 1) * length; target += channels) {
        to[target] = from[source];
        source -= channels;
      }
    }
  }
}
