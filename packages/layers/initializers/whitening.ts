import type { Random } from "@gradus/random";
import { assertShape, formatShape, type Shape, ShapeError, sizeOf } from "@gradus/tensor";
import { symmetricEigen } from "./_symmetric_eigen.ts";
import type { Initializer } from "./initializer.ts";

/** Images as one array, row-major. */
export interface WhiteningImages {
  /** `n · height · width · channels` finite numbers, standardised as the network will see them. */
  readonly data: Float32Array;
  /** `[n, height, width, channels]`. */
  readonly shape: Shape;
}

/** Settings of {@linkcode whiteningInit}. */
export interface WhiteningOptions {
  /** Added to eigenvalues, so that directions of next to no variance are not blown up; above 0. Default: 5e-4. */
  readonly epsilon?: number;
  /** How many patches to look at; all, if there are no more, else so many drawn at random. Default: 100,000. */
  readonly patches?: number;
}

/**
 * A first convolution that makes its outputs uncorrelated, each of variance 1: filter `i` is
 * `vᵢ / √(λᵢ + ε)`, with the eigenvalues `λᵢ`, in falling order, and eigenvectors `vᵢ` of the covariance of
 * the images' patches.
 *
 * A kernel of `height · width · channels` numbers has as many eigenvectors. Fewer filters are the leading
 * ones; filters beyond them, at most twice as many, are their negatives, for what follows may drop negative
 * numbers. Meant to be frozen, for few channels: the time grows as the cube of the kernel's numbers.
 *
 * @param images Some hundreds or more from the training split; kept, not copied, as long as the layer.
 * @param options What is added to eigenvalues, and how many patches to look at.
 * @returns An initialiser for kernels `[height, width, channels, filters]`.
 * @throws {ShapeError} If images or kernel have not four axes, the data does not fill its shape, the kernel's
 * channels are not the images', or it is larger than an image; and if there are too many filters.
 * @throws {RangeError} If an option is out of range, or a number of the images is not finite.
 *
 * Source: Page, How to train your ResNet 8, 2019; Jordan, 94% on CIFAR-10 in 3.29 seconds, 2024, §3.2.
 *
 * @example
 * ```ts
 * import { Conv2d, whiteningInit } from "@gradus/layers";
 * import { random } from "@gradus/random";
 * import { tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const backend = reference();
 * const stream = random(0);
 * const images = { data: new Float32Array(8 * 9 * 9).map(() => stream.normal()), shape: [8, 9, 9, 1] };
 * const stem = new Conv2d(4, { kernel: 2, bias: false, weightInit: whiteningInit(images) });
 * stem.init([9, 9, 1], { backend, random: stream });
 * for (const parameter of stem.parameters) parameter.trainable = false;
 *
 * const y = [...await stem.forward(tensor(backend, images.data, { shape: images.shape })).data()];
 * const meanSquare = y.reduce((sum, value) => sum + value ** 2, 0) / y.length;
 * assertAlmostEquals(meanSquare, 1, 0.02);
 * ```
 */
export function whiteningInit(
  images: WhiteningImages,
  options: WhiteningOptions = {},
): Initializer {
  const { epsilon = 5e-4, patches = 100_000 } = options;
  if (!Number.isFinite(epsilon) || epsilon <= 0) {
    throw new RangeError(
      `Cannot initialise as whitening as epsilon must be finite and above 0: found ${epsilon}`,
    );
  }
  if (!Number.isInteger(patches) || patches < 1) {
    throw new RangeError(
      `Cannot initialise as whitening as patches must be a whole number of at least 1: found ${patches}`,
    );
  }
  checkImages(images);
  return (shape, random) => {
    checkKernel(shape, images.shape);
    const filters = shape[3]!;
    const size = sizeOf(shape) / filters;
    const covariance = covarianceOf(images.data, {
      starts: patchStarts(images.shape, shape, { patches, random }),
      offsets: patchOffsets(images.shape, shape),
    });
    const { values, vectors } = symmetricEigen(covariance);
    const kernel = new Float64Array(size * filters);
    for (let f = 0; f < filters; f++) {
      const i = f % size;
      // Rounding may leave an eigenvalue of 0 a little below.
      const factor = (f < size ? 1 : -1) / Math.sqrt(Math.max(values[i]!, 0) + epsilon);
      vectors[i]!.forEach((value, j) => kernel[j * filters + f] = factor * value);
    }
    return kernel;
  };
}

function checkImages({ data, shape }: WhiteningImages): void {
  assertShape(shape);
  if (shape.length !== 4 || data.length !== sizeOf(shape)) {
    throw new ShapeError(
      `Cannot initialise as whitening as numbers must fill images [n, height, width, channels]: found ${data.length} for ${
        formatShape(shape)
      }`,
    );
  }
}

function checkKernel(shape: Shape, images: Shape): void {
  const [height = 0, width = 0, channels = 0, filters = 0] = shape;
  if (
    shape.length !== 4 || height > images[1]! || width > images[2]! || channels !== images[3]
  ) {
    throw new ShapeError(
      `Cannot initialise as whitening as the kernel must fit into images ${
        formatShape(images)
      } and have their channels: found ${formatShape(shape)}`,
    );
  }
  const most = 2 * height * width * channels;
  if (filters > most) {
    throw new ShapeError(
      `Cannot initialise as whitening as a kernel ${
        formatShape(shape)
      } must have at most ${most} filters: found ${filters}`,
    );
  }
}

/** Where patches begin in the data: all of them, or some, drawn with replacement. */
function patchStarts(
  images: Shape,
  kernel: Shape,
  options: { readonly patches: number; readonly random: Random },
): Float64Array {
  const [count, height, width, channels] = images as [number, number, number, number];
  const rows = height - kernel[0]! + 1;
  const columns = width - kernel[1]! + 1;
  const total = count * rows * columns;
  const all = total <= options.patches;
  return new Float64Array(all ? total : options.patches).map((_, i) => {
    const place = all ? i : options.random.integer(total);
    const [row, column] = [Math.floor(place / columns) % rows, place % columns];
    const image = Math.floor(place / (rows * columns));
    return ((image * height + row) * width + column) * channels;
  });
}

/** Where the numbers of a patch are, from its beginning on, in the order of a kernel's. */
function patchOffsets(images: Shape, kernel: Shape): readonly number[] {
  const [, , width, channels] = images as [number, number, number, number];
  const offsets: number[] = [];
  for (let k = 0; k < kernel[0]!; k++) {
    for (let l = 0; l < kernel[1]!; l++) {
      for (let c = 0; c < channels; c++) offsets.push((k * width + l) * channels + c);
    }
  }
  return offsets;
}

/** Covariance of the patches' numbers, divided by the count of patches. */
function covarianceOf(
  data: Float32Array,
  { starts, offsets }: { readonly starts: Float64Array; readonly offsets: readonly number[] },
): Float64Array[] {
  const size = offsets.length;
  const mean = offsets.map((offset) =>
    starts.reduce((sum, start) => sum + data[start + offset]!, 0) / starts.length
  );
  const covariance = offsets.map(() => new Float64Array(size));
  const patch = new Float64Array(size);
  for (const start of starts) {
    for (let i = 0; i < size; i++) patch[i] = data[start + offsets[i]!]! - mean[i]!;
    for (let i = 0; i < size; i++) {
      const row = covariance[i]!;
      for (let j = i; j < size; j++) row[j]! += patch[i]! * patch[j]! / starts.length;
    }
  }
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < i; j++) covariance[i]![j] = covariance[j]![i]!;
  }
  if (!covariance.every((row) => row.every(Number.isFinite))) {
    throw new RangeError("Cannot initialise as whitening as the images' numbers must be finite");
  }
  return covariance;
}
