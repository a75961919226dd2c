import { formatShape, ShapeError } from "@gradus/tensor";
import { zerosInit } from "./constant.ts";
import type { Initializer } from "./initializer.ts";

/**
 * Ones on the diagonal: a dense layer that starts as `y = x`, as far as its lengths allow.
 *
 * @returns An initialiser for weights of two axes.
 * @throws {ShapeError} If the shape has not two axes; {@linkcode diracInit} is for kernels.
 *
 * @example
 * ```ts
 * import { identityInit } from "@gradus/layers";
 * import { random } from "@gradus/random";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(identityInit()([2, 3], random(0)), new Float64Array([1, 0, 0, 0, 1, 0]));
 * ```
 */
export function identityInit(): Initializer {
  return (shape) => {
    if (shape.length !== 2) {
      throw new ShapeError(
        `Cannot initialise as identity as a weight must have two axes: found ${formatShape(shape)}`,
      );
    }
    const [inputs, outputs] = shape as [number, number];
    const values = new Float64Array(inputs * outputs);
    for (let i = 0; i < Math.min(inputs, outputs); i++) values[i * outputs + i] = 1;
    return values;
  };
}

/**
 * A kernel that starts by passing its input channels on: `y[f] = x[f]` with padding `"same"`, by a one
 * at its centre tap and zeros elsewhere.
 *
 * The centre of an even length is the first of the two in the middle. Output channels beyond the
 * input's start from `rest`: zeros alone could all learn the same.
 *
 * @param options `rest`, which draws for the kernel's whole shape (default: zeros).
 * @returns An initialiser for kernels `[height, width, in, out]`.
 * @throws {ShapeError} If the shape has not four axes.
 *
 * Source: Zagoruyko and Komodakis, DiracNets, 2017, §3.
 *
 * @example
 * ```ts
 * import { diracInit, onesInit } from "@gradus/layers";
 * import { random } from "@gradus/random";
 * import { assertEquals } from "@std/assert";
 *
 * const kernel = diracInit({ rest: onesInit() })([3, 1, 1, 2], random(0));
 * assertEquals(kernel, new Float64Array([0, 1, 1, 1, 0, 1]));
 * ```
 */
export function diracInit(options: { readonly rest?: Initializer } = {}): Initializer {
  const { rest = zerosInit() } = options;
  return (shape, random) => {
    if (shape.length !== 4) {
      throw new ShapeError(
        `Cannot initialise as dirac as a kernel must have four axes: found ${formatShape(shape)}`,
      );
    }
    const [height, width, inputs, outputs] = shape as [number, number, number, number];
    const centre = Math.floor((height - 1) / 2) * width + Math.floor((width - 1) / 2);
    return rest(shape, random).map((value, i) => {
      const [tap, channel, filter] = [
        Math.floor(i / (inputs * outputs)),
        Math.floor(i / outputs) % inputs,
        i % outputs,
      ];
      if (filter >= inputs) return value;
      return tap === centre && channel === filter ? 1 : 0;
    });
  };
}
