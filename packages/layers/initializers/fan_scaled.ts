import { type Shape, sizeOf } from "@gradus/tensor";
import { fansOf } from "./fans.ts";
import { type GainOf, gainOf } from "./gain.ts";
import type { Initializer } from "./initializer.ts";

/** What follows the weight. Default: nothing, a gain of 1; `he…` default to relu. */
export interface FanScaledOptions {
  /** The gain, or the activation that tells it. */
  readonly gain?: number | GainOf;
}

/**
 * `w ~ U[−a, a)`, `a = gain · √(6 / (fanIn + fanOut))`: keeps the variance of activations and of gradients.
 *
 * @param options The gain (default: that of linear).
 * @returns An initialiser for weights of at least two axes.
 * @throws {RangeError} If the gain is not a finite number above 0.
 * @throws {ShapeError} If the shape has fewer than two axes.
 *
 * Source: Glorot and Bengio, Understanding the difficulty of training deep feedforward neural networks, AISTATS 2010, §4.2.
 *
 * @example
 * ```ts
 * import { xavierUniform } from "@gradus/layers";
 * import { random } from "@gradus/random";
 * import { assert } from "@std/assert";
 *
 * const values = xavierUniform()([4, 2], random(0));
 * assert(values.every((value) => Math.abs(value) <= Math.sqrt(6 / (4 + 2))));
 * ```
 */
export function xavierUniform(options: FanScaledOptions = {}): Initializer {
  return scaledUniform(options.gain ?? "linear", ({ fanIn, fanOut }) => (fanIn + fanOut) / 2);
}

/**
 * `w ~ N(0, gain² · 2 / (fanIn + fanOut))`: keeps the variance of activations and of gradients.
 *
 * @param options The gain (default: that of linear).
 * @returns An initialiser for weights of at least two axes.
 * @throws {RangeError} If the gain is not a finite number above 0.
 * @throws {ShapeError} If the shape has fewer than two axes.
 *
 * Source: Glorot and Bengio, Understanding the difficulty of training deep feedforward neural networks, AISTATS 2010, §4.2.
 *
 * @example
 * ```ts
 * import { xavierNormal } from "@gradus/layers";
 * import { random } from "@gradus/random";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const values = xavierNormal()([100, 200], random(0));
 * const variance = values.reduce((sum, value) => sum + value ** 2, 0) / values.length;
 * assertAlmostEquals(variance / (2 / (100 + 200)), 1, 0.05);
 * ```
 */
export function xavierNormal(options: FanScaledOptions = {}): Initializer {
  return scaledNormal(options.gain ?? "linear", ({ fanIn, fanOut }) => (fanIn + fanOut) / 2);
}

/**
 * `w ~ U[−a, a)`, `a = gain · √(3 / fanIn)`: keeps the variance of activations behind relu.
 *
 * @param options The gain (default: that of relu).
 * @returns An initialiser for weights of at least two axes.
 * @throws {RangeError} If the gain is not a finite number above 0.
 * @throws {ShapeError} If the shape has fewer than two axes.
 *
 * Source: He et al., Delving deep into rectifiers, ICCV 2015, §2.2.
 *
 * @example
 * ```ts
 * import { heUniform } from "@gradus/layers";
 * import { random } from "@gradus/random";
 * import { assert } from "@std/assert";
 *
 * const values = heUniform()([4, 2], random(0));
 * assert(values.every((value) => Math.abs(value) <= Math.SQRT2 * Math.sqrt(3 / 4)));
 * ```
 */
export function heUniform(options: FanScaledOptions = {}): Initializer {
  return scaledUniform(options.gain ?? "relu", ({ fanIn }) => fanIn);
}

/**
 * `w ~ N(0, gain² / fanIn)`: keeps the variance of activations behind relu.
 *
 * @param options The gain (default: that of relu).
 * @returns An initialiser for weights of at least two axes.
 * @throws {RangeError} If the gain is not a finite number above 0.
 * @throws {ShapeError} If the shape has fewer than two axes.
 *
 * Source: He et al., Delving deep into rectifiers, ICCV 2015, §2.2.
 *
 * @example
 * ```ts
 * import { heNormal } from "@gradus/layers";
 * import { random } from "@gradus/random";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const values = heNormal()([100, 200], random(0));
 * const variance = values.reduce((sum, value) => sum + value ** 2, 0) / values.length;
 * assertAlmostEquals(variance / (2 / 100), 1, 0.05);
 * ```
 */
export function heNormal(options: FanScaledOptions = {}): Initializer {
  return scaledNormal(options.gain ?? "relu", ({ fanIn }) => fanIn);
}

/**
 * `w ~ U[−a, a)`, `a = gain · √(3 / fanIn)`: keeps the variance of activations.
 *
 * @param options The gain (default: that of linear).
 * @returns An initialiser for weights of at least two axes.
 * @throws {RangeError} If the gain is not a finite number above 0.
 * @throws {ShapeError} If the shape has fewer than two axes.
 *
 * Source: LeCun et al., Efficient backprop, 1998, §4.6.
 *
 * @example
 * ```ts
 * import { lecunUniform } from "@gradus/layers";
 * import { random } from "@gradus/random";
 * import { assert } from "@std/assert";
 *
 * const values = lecunUniform()([4, 2], random(0));
 * assert(values.every((value) => Math.abs(value) <= Math.sqrt(3 / 4)));
 * ```
 */
export function lecunUniform(options: FanScaledOptions = {}): Initializer {
  return scaledUniform(options.gain ?? "linear", ({ fanIn }) => fanIn);
}

/**
 * `w ~ N(0, gain² / fanIn)`: keeps the variance of activations.
 *
 * @param options The gain (default: that of linear).
 * @returns An initialiser for weights of at least two axes.
 * @throws {RangeError} If the gain is not a finite number above 0.
 * @throws {ShapeError} If the shape has fewer than two axes.
 *
 * Source: LeCun et al., Efficient backprop, 1998, §4.6.
 *
 * @example
 * ```ts
 * import { lecunNormal } from "@gradus/layers";
 * import { random } from "@gradus/random";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const values = lecunNormal()([100, 200], random(0));
 * const variance = values.reduce((sum, value) => sum + value ** 2, 0) / values.length;
 * assertAlmostEquals(variance / (1 / 100), 1, 0.05);
 * ```
 */
export function lecunNormal(options: FanScaledOptions = {}): Initializer {
  return scaledNormal(options.gain ?? "linear", ({ fanIn }) => fanIn);
}

type Fan = (fans: { readonly fanIn: number; readonly fanOut: number }) => number;

function scaledUniform(gain: number | GainOf, fan: Fan): Initializer {
  const factor = resolveGain(gain);
  return (shape, random) => {
    // A uniform distribution on [−a, a) has the variance a² / 3.
    const bound = factor * Math.sqrt(3 / fan(fansOf(shape)));
    return fill(shape, () => random.uniform(-bound, bound));
  };
}

function scaledNormal(gain: number | GainOf, fan: Fan): Initializer {
  const factor = resolveGain(gain);
  return (shape, random) => {
    const deviation = factor / Math.sqrt(fan(fansOf(shape)));
    return fill(shape, () => random.normal(0, deviation));
  };
}

function fill(shape: Shape, draw: () => number): Float64Array {
  return new Float64Array(sizeOf(shape)).map(draw);
}

function resolveGain(gain: number | GainOf): number {
  if (typeof gain !== "number") return gainOf(gain);
  if (!(Number.isFinite(gain) && gain > 0)) {
    throw new RangeError(`Cannot initialise with a gain as it must be above 0: found ${gain}`);
  }
  return gain;
}
