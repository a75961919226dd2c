import { shapeText } from "./_check_nd_array.ts";
import type { NdArray, NumericArray } from "./nd_array.ts";
import { decodeNpy } from "./npy.ts";

/** Options of {@linkcode decodeImagesNpy}. */
export interface DecodeImagesNpyOptions {
  /** The name of the file in messages, `"the npy bytes"` by default. */
  readonly file?: string;
  /**
   * Whether a pixel's channels lie side by side (`"channels last"`), or each channel is a plane
   * (`"channels first"`).
   *
   * Images of rank 4 tell it by themselves, unless both their second and last axis may be channels.
   * Flat ones do not.
   *
   * @default what the shape tells
   */
  readonly layout?: ImagesLayout;
}

/** Whether a pixel's channels lie side by side, or each channel is a plane. */
export type ImagesLayout = "channels last" | "channels first";

/** Where each pixel of images is in a file. */
interface Geometry {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly layout: ImagesLayout;
}

/**
 * Decodes images from a NumPy `.npy` file, in any of the usual layouts, to bytes pixel by pixel.
 *
 * Shapes: `[rows, height, width, channels]`, `[rows, channels, height, width]`, or flat ones,
 * `[rows, channels · side²]`, of square images; channels are 1 or 3. Values are bytes, or numbers of
 * another type that are bytes: images from 0 to 1 are refused, as they would lose their values.
 *
 * @param bytes The whole file.
 * @param options The name of the file, and the layout where the shape does not tell it.
 * @returns The images, `[rows, height, width, channels]`, from 0 to 255.
 * @throws {SyntaxError} If the file does not decode, has another shape or none of the layout, or a
 * value is no whole number from 0 to 255. It names the file, and the row or byte.
 * @throws {TypeError} If the shape leaves the layout open and the options do not tell it.
 * @throws {RangeError} If the layout is another.
 *
 * @example
 * ```ts
 * import { decodeImagesNpy, encodeNpy } from "@gradus/data";
 * import { assertEquals } from "@std/assert";
 *
 * const planes = new Float32Array(2 * 3 * 4 * 4).fill(7, 0, 16); // red in the first image
 * const bytes = encodeNpy({ data: planes, shape: [2, 3, 4, 4] });
 * const { data, shape } = decodeImagesNpy(bytes);
 * assertEquals(shape, [2, 4, 4, 3]);
 * assertEquals(data.subarray(0, 6), new Uint8Array([7, 0, 0, 7, 0, 0]));
 * ```
 */
export function decodeImagesNpy(
  bytes: Uint8Array,
  options: DecodeImagesNpyOptions = {},
): NdArray<Uint8Array> {
  const { file = "the npy bytes", layout } = options;
  if (layout !== undefined && layout !== "channels last" && layout !== "channels first") {
    throw new RangeError(
      `Cannot decode ${file} as the layout must be channels last or channels first: found ${layout}`,
    );
  }
  const { data, shape } = decodeNpy(bytes, { file });
  const geometry = findGeometry(shape, { file, layout });
  const { height, width, channels } = geometry;
  const pixels = toBytes(data, { file, length: height * width * channels });
  const images = geometry.layout === "channels last" ? pixels : toChannelsLast(pixels, geometry);
  return { data: images, shape: [shape[0], height, width, channels] };
}

function findGeometry(
  shape: readonly number[],
  { file, layout }: { readonly file: string; readonly layout?: ImagesLayout },
): Geometry {
  if (shape.includes(0)) throw wrongShape(shape, file);
  if (shape.length === 2) {
    const channels = [1, 3].find((count) => Number.isInteger(Math.sqrt(shape[1] / count)));
    if (channels === undefined) throw wrongShape(shape, file);
    if (channels > 1 && layout === undefined) throw openLayout(shape, file);
    const side = Math.sqrt(shape[1] / channels);
    return { height: side, width: side, channels, layout: layout ?? "channels last" };
  }
  if (shape.length !== 4) throw wrongShape(shape, file);
  const [, second, third, last] = shape;
  const layouts: Geometry[] = [
    { height: second, width: third, channels: last, layout: "channels last" as const },
    { height: third, width: last, channels: second, layout: "channels first" as const },
  ].filter(({ channels }) => channels === 1 || channels === 3);
  const fitting = layouts.filter((geometry) => layout === undefined || geometry.layout === layout);
  if (fitting.length > 1) throw openLayout(shape, file);
  if (fitting.length === 0) throw wrongShape(shape, file);
  return fitting[0];
}

function wrongShape(shape: readonly number[], file: string): SyntaxError {
  return new SyntaxError(
    `Cannot decode ${file} as images must be of shape [rows, height, width, channels], ` +
      `[rows, channels, height, width] or [rows, channels · side²], with 1 or 3 channels in the ` +
      `given layout: found ${shapeText(shape)}`,
  );
}

function openLayout(shape: readonly number[], file: string): TypeError {
  return new TypeError(
    `Cannot decode ${file} as the option layout must tell channels first from channels last: ` +
      `found none, and the shape ${shapeText(shape)}`,
  );
}

function toBytes(
  data: NumericArray,
  { file, length }: { readonly file: string; readonly length: number },
): Uint8Array {
  if (data instanceof Uint8Array) return data;
  const bytes = Uint8Array.from(data);
  const wrong = bytes.findIndex((byte, i) => byte !== data[i]);
  if (wrong < 0) return bytes;
  throw new SyntaxError(
    `Cannot decode ${file} as values must be whole numbers from 0 to 255: ` +
      `found ${data[wrong]} in row ${Math.floor(wrong / length)}`,
  );
}

function toChannelsLast(planes: Uint8Array, geometry: Geometry): Uint8Array {
  const { height, width, channels } = geometry;
  const pixels = height * width;
  const images = new Uint8Array(planes.length);
  for (let image = 0; image < planes.length; image += pixels * channels) {
    for (let channel = 0; channel < channels; channel++) {
      const plane = image + channel * pixels;
      for (let pixel = 0; pixel < pixels; pixel++) {
        images[image + pixel * channels + channel] = planes[plane + pixel];
      }
    }
  }
  return images;
}
