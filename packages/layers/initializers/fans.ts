import { formatShape, type Shape, ShapeError, sizeOf } from "@gradus/tensor";

/**
 * How many inputs each output of a weight has, and how many outputs each input.
 *
 * For a dense weight `[in, out]` these are its lengths; for a kernel `[height, width, in, out]` both are
 * multiplied by the receptive field `height · width`.
 *
 * @param shape A weight's shape, of at least two axes; the last two are in and out.
 * @returns `fanIn` and `fanOut`.
 * @throws {ShapeError} If there are fewer than two axes.
 *
 * @example
 * ```ts
 * import { fansOf } from "@gradus/layers";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(fansOf([784, 10]), { fanIn: 784, fanOut: 10 });
 * assertEquals(fansOf([3, 3, 16, 32]), { fanIn: 144, fanOut: 288 });
 * ```
 */
export function fansOf(shape: Shape): { readonly fanIn: number; readonly fanOut: number } {
  if (shape.length < 2) {
    throw new ShapeError(
      `Cannot tell the fans of a weight as it must have at least two axes: found ${
        formatShape(shape)
      }`,
    );
  }
  const field = sizeOf(shape.slice(0, -2));
  return { fanIn: field * shape.at(-2)!, fanOut: field * shape.at(-1)! };
}
