/** A picture's size: `[height, width, channels]`, with one channel or three. */
export type ImageShape = readonly [height: number, width: number, channels: number];

/**
 * An image of a model's, from 0 to 1, as a canvas takes it.
 *
 * @param image `[height, width, channels]`.
 */
export function toRgba(image: Float32Array, [height, width, channels]: ImageShape): ImageData {
  const pixels = new ImageData(width, height);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let c = 0; c < 3; c++) {
      pixels.data[4 * pixel + c] = Math.round(255 * image[pixel * channels + c % channels]!);
    }
    pixels.data[4 * pixel + 3] = 255;
  }
  return pixels;
}

/**
 * What a drawing is to a model: the mean of each square of `scale` × `scale` pixels, from 0 to 1.
 *
 * @param rgba The drawing, `[height · scale, width · scale, 4]`, from 0 to 255.
 * @returns `[height, width, channels]`; one channel is the green one, as a grey drawing has all alike.
 */
export function shrink(
  rgba: Uint8ClampedArray,
  [height, width, channels]: ImageShape,
  scale: number,
): Float32Array {
  const image = new Float32Array(height * width * channels);
  for (let row = 0; row < height * scale; row++) {
    for (let column = 0; column < width * scale; column++) {
      const pixel = Math.floor(row / scale) * width + Math.floor(column / scale);
      for (let c = 0; c < channels; c++) {
        image[pixel * channels + c]! +=
          rgba[4 * (row * width * scale + column) + (channels === 1 ? 1 : c)]!;
      }
    }
  }
  return image.map((sum) => sum / (255 * scale * scale));
}
