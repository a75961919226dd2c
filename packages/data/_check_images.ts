import { checkNdArray, shapeText } from "./_check_nd_array.ts";
import type { NdArray } from "./nd_array.ts";

/** The lengths of the axes of one image. */
export interface ImageShape {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** Throws a `TypeError` unless these are images of bytes with at least one pixel. */
export function checkImages(action: string, images: NdArray<Uint8Array>): ImageShape {
  checkNdArray(action, images);
  const { data, shape } = images;
  if (!(data instanceof Uint8Array)) {
    throw new TypeError(
      `Cannot ${action} as their values must be bytes, a Uint8Array: ` +
        `found a ${(data as object).constructor.name}`,
    );
  }
  if (shape.length !== 4 || data.length === 0) {
    throw new TypeError(
      `Cannot ${action} as their shape must be [rows, height, width, channels], all above 0: ` +
        `found ${shapeText(shape)}`,
    );
  }
  const [, height, width, channels] = shape;
  return { height, width, channels };
}
