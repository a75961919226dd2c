import { assertShape, formatShape, type Shape, ShapeError } from "@gradus/tensor";

/** The lengths of an image; any other shape of input is refused. */
export function imageShape(
  inputShape: Shape,
  options: { readonly layer: string },
): readonly [height: number, width: number, channels: number] {
  if (inputShape.length !== 3) {
    throw new ShapeError(
      `Cannot initialise ${options.layer} as inputs must be images [height, width, channels]: found ${
        formatShape(inputShape)
      }`,
    );
  }
  assertShape(inputShape);
  return inputShape as unknown as readonly [number, number, number];
}
