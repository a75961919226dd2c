import type { Layer } from "@gradus/layers";
import type { Loss } from "@gradus/losses";
import { type Random, random as seeded } from "@gradus/random";
import {
  equalShapes,
  formatShape,
  type NumericArray,
  type Shape,
  ShapeError,
  sizeOf,
  Tensor,
  tensor,
} from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";

/** `ε^(1/5)` of float64: where a five-point stencil's truncation and rounding balance. */
const DEFAULT_STEP = 7e-4;

/** What {@linkcode gradientCheck} takes beside the layer. */
export interface GradientCheckOptions {
  /** Shape of one input, without the batch. */
  readonly inputShape: Shape;
  /** Rows of the input. Default: 2. */
  readonly batch?: number;
  /** Where parameters, inputs and the output's weights come from. Default: seed 0. */
  readonly random?: Random;
  /**
   * The input, `batch · Π inputShape` numbers. Default: distinct numbers around 0, more than ten steps
   * apart from each other and from 0, so that no kink and no tie is crossed.
   */
  readonly input?: readonly number[] | Float64Array;
  /** Distance h of the five-point stencil, above 0. Default: 7e-4, which balances its two errors. */
  readonly step?: number;
}

/** Relative errors of analytic and numeric gradients, see {@linkcode gradientCheck}. */
export interface GradientErrors {
  /** Of ∂L/∂x. */
  readonly input: number;
  /** Of each trainable parameter's gradient, by name. */
  readonly parameters: Readonly<Record<string, number>>;
  /** The largest of all. */
  readonly worst: number;
}

/**
 * Compares a layer's backward with finite differences of its forward, in float64.
 *
 * With fixed random weights r, `L = Σ r · y`, so that ∂L/∂y = r. Each number's slope is
 * `(L(−2h) − 8 L(−h) + 8 L(h) − L(2h)) / 12h`, exact for polynomials of degree 4. The relative error of k
 * analytic and numeric slopes is `‖a − n‖ / max(‖a‖ + ‖n‖, √k · s)`. The floor s is 10⁹ times the rounding
 * error of a slope, `1.5 · 2⁻⁵² · Σ |r · y| / h`: gradients that are 0, such as that of a bias before batch
 * norm, do not fail for their rounding, and whatever is wrong by ten times as much does.
 *
 * The layer is initialised here, on a float64 reference backend; numbers among its states, such as the
 * counter of dropout, are put back before each forward.
 *
 * @param layer A layer, not yet initialised.
 * @param options Shapes, and where numbers come from.
 * @returns Relative errors; a right backward stays under 1e-8.
 * @throws {RangeError} If batch or step is out of range, before the layer is initialised.
 * @throws {ShapeError} If the input has another count of numbers, before the layer is initialised; or if
 * a gradient has another shape than what it belongs to.
 * @throws {TypeError} If backward returns null.
 *
 * Source: Fornberg, Generation of finite difference formulas, 1988; page `docs/write_a_layer.md`.
 *
 * @example
 * ```ts
 * import { Dense } from "@gradus/layers";
 * import { gradientCheck } from "@gradus/train";
 * import { assert } from "@std/assert";
 *
 * const errors = await gradientCheck(new Dense(3), { inputShape: [4] });
 * assert(errors.worst < 1e-8);
 * ```
 */
export async function gradientCheck(
  layer: Layer,
  options: GradientCheckOptions,
): Promise<GradientErrors> {
  const { inputShape, batch = 2, random = seeded(0), step = DEFAULT_STEP } = options;
  if (!Number.isInteger(batch) || batch < 1) {
    throw new RangeError(
      `Cannot check gradients as batch must be a whole number of at least 1: found ${batch}`,
    );
  }
  assertStep(step);
  const backend = reference({ dtype: "float64" });
  const x = new Tensor(backend, [batch, ...inputShape]);
  x.set(options.input ?? spreadNumbers(x.size, random, step));
  layer.init(inputShape, { backend, random });

  const numbers = layer.state.filter((state) => typeof state.value === "number");
  const saved = numbers.map((state) => state.value);
  const forward = () => {
    numbers.forEach((state, i) => state.value = saved[i]!);
    return layer.forward(x, "train");
  };
  const r = new Float64Array(sizeOf(forward().shape)).map(() => random.normal());
  const terms = async () => {
    const y = await forward().data();
    return r.map((weight, i) => weight * y[i]!);
  };
  const loss = async () => (await terms()).reduce((sum, term) => sum + term, 0);
  const floor = slopeFloor(await terms(), step);

  const dx = layer.backward(tensor(backend, r, { shape: forward().shape }));
  if (dx === null) {
    throw new TypeError(
      "Cannot check gradients as backward must return that of the input: found null",
    );
  }
  const trainable = layer.parameters.filter((parameter) => parameter.trainable);
  const analytic = await Promise.all([
    gradientOf("the input", x, dx),
    ...trainable.map(({ name, value, gradient }) => gradientOf(name, value, gradient)),
  ]);
  const errors: number[] = [];
  for (const [i, value] of [x, ...trainable.map((parameter) => parameter.value)].entries()) {
    errors.push(relativeError(analytic[i]!, await slopes(value, loss, step), floor));
  }
  const [input, ...others] = errors;
  return {
    input: input!,
    parameters: Object.fromEntries(trainable.map(({ name }, i) => [name, others[i]!])),
    worst: Math.max(...errors),
  };
}

/**
 * Compares a loss's backward with finite differences of its forward, in float64.
 *
 * @param loss A loss.
 * @param options Prediction `[batch, …]`, which is left as it was, and target, as tensors on a float64
 * backend, and the distance of the stencil, above 0 (default 7e-4). No kink of the loss may be within two
 * such distances of a prediction.
 * @returns The relative error, as of {@linkcode gradientCheck}; a right backward stays under 1e-8.
 * @throws {RangeError} If the distance is out of range.
 * @throws {TypeError} If the prediction is not of float64.
 * @throws {ShapeError} If the gradient has another shape than the prediction.
 *
 * @example
 * ```ts
 * import { MeanSquaredError } from "@gradus/losses";
 * import { tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { lossGradientCheck } from "@gradus/train";
 * import { assert } from "@std/assert";
 *
 * const exact = reference({ dtype: "float64" });
 * const prediction = tensor(exact, [[0.3, -0.7]]);
 * const target = tensor(exact, [[1, 0]]);
 * assert(await lossGradientCheck(new MeanSquaredError(), { prediction, target }) < 1e-8);
 * ```
 */
export async function lossGradientCheck(
  loss: Loss,
  options: { readonly prediction: Tensor; readonly target: Tensor; readonly step?: number },
): Promise<number> {
  const { prediction, target, step = DEFAULT_STEP } = options;
  assertStep(step);
  if (prediction.dtype !== "float64") {
    throw new TypeError(
      `Cannot check gradients as numbers must be float64: found ${prediction.dtype}`,
    );
  }
  loss.forward(prediction, target);
  const gradient = await gradientOf("the prediction", prediction, loss.backward());
  const value = () => loss.forward(prediction, target).item();
  const floor = slopeFloor([await value()], step);
  return relativeError(gradient, await slopes(prediction, value, step), floor);
}

function assertStep(step: number): void {
  if (step > 0 && step < Infinity) return;
  throw new RangeError(
    `Cannot check gradients as step must be a finite number above 0: found ${step}`,
  );
}

/** Reads a gradient, which must have the shape of what it belongs to. */
function gradientOf(name: string, value: Tensor, gradient: Tensor): Promise<NumericArray> {
  if (!equalShapes(value.shape, gradient.shape)) {
    throw new ShapeError(
      `Cannot check gradients as that of ${name} must be ${formatShape(value.shape)}: found ${
        formatShape(gradient.shape)
      }`,
    );
  }
  return gradient.data();
}

/** Five-point slopes of a loss in each number of a tensor, which is left as it was. */
async function slopes(
  at: Tensor,
  loss: () => Promise<number>,
  step: number,
): Promise<Float64Array> {
  const values = Float64Array.from(await at.data());
  const result = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const centre = values[i]!;
    const lossAt = async (distance: number) => {
      values[i] = centre + distance;
      at.set(values);
      return await loss();
    };
    const near = await lossAt(step) - await lossAt(-step);
    const far = await lossAt(2 * step) - await lossAt(-2 * step);
    result[i] = (8 * near - far) / (12 * step);
    values[i] = centre;
  }
  at.set(values);
  return result;
}

/** What a slope is at least measured against, for a loss that is the sum of such terms. */
function slopeFloor(terms: Iterable<number>, step: number): number {
  let magnitude = 0;
  for (const term of terms) magnitude += Math.abs(term);
  return 1e9 * 1.5 * Number.EPSILON * magnitude / step;
}

function relativeError(a: NumericArray, b: NumericArray, floor: number): number {
  const differences = Float64Array.from(a, (value, i) => value - b[i]!);
  const scale = Math.max(norm(a) + norm(b), Math.sqrt(a.length) * floor);
  return scale === 0 ? 0 : norm(differences) / scale;
}

function norm(values: NumericArray): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum);
}

/** `count` distinct numbers around 0 in random order: thirty steps or more apart, and half that from 0. */
function spreadNumbers(count: number, random: Random, step: number): Float64Array {
  const spacing = Math.max(30 * step, 4 / count);
  const first = 0.5 - Math.floor(count / 2);
  return Float64Array.from(random.permutation(count), (place) => (first + place) * spacing);
}
