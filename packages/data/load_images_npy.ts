import { decodeImagesNpy, type ImagesLayout } from "./images_npy.ts";
import { MissingFilesError } from "./missing_files_error.ts";
import type { NdArray } from "./nd_array.ts";

/** Options of {@linkcode loadImagesNpy}. */
export interface LoadImagesNpyOptions {
  /**
   * Whether a pixel's channels lie side by side, or each channel is a plane; to be told where the
   * shape does not, which is so for flat images.
   *
   * @default what the shape tells
   */
  readonly layout?: ImagesLayout;
}

/**
 * Loads images from a NumPy `.npy` file, as {@linkcode decodeImagesNpy} decodes them.
 *
 * Needs a runtime with `node:fs`: Node, Deno or Bun.
 *
 * @param file The path of the file.
 * @param options The layout where the shape does not tell it.
 * @returns The images, `[rows, height, width, channels]`, from 0 to 255.
 * @throws {MissingFilesError} If the file is not there.
 * @throws {SyntaxError} If the file does not decode, has another shape or none of the layout, or a
 * value is no whole number from 0 to 255. It names the file, and the row or byte.
 * @throws {TypeError} If the shape leaves the layout open and the options do not tell it.
 * @throws {RangeError} If the layout is another.
 *
 * @example
 * ```ts
 * import { encodeNpy, loadImagesNpy } from "@gradus/data";
 * import { assertEquals } from "@std/assert";
 *
 * const file = `${await Deno.makeTempDir()}/x_test.npy`;
 * await Deno.writeFile(file, encodeNpy({ data: new Uint8Array(2 * 3072), shape: [2, 3072] }));
 * const images = await loadImagesNpy(file, { layout: "channels first" });
 * assertEquals(images.shape, [2, 32, 32, 3]);
 * ```
 */
export async function loadImagesNpy(
  file: string,
  options: LoadImagesNpyOptions = {},
): Promise<NdArray<Uint8Array>> {
  const { readFile } = await import("node:fs/promises");
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (cause) {
    if ((cause as { code?: string }).code !== "ENOENT") throw cause;
    throw new MissingFilesError(`Cannot load images as ${file} must be a file: found none`, {
      cause,
    });
  }
  return decodeImagesNpy(bytes, { file, layout: options.layout });
}
