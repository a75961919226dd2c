import type { Layer } from "@gradus/layers";
import type { Loss } from "@gradus/losses";
import { type Random, random as seeded } from "@gradus/random";
import {
  formatShape,
  type NumericArray,
  type Shape,
  ShapeError,
  sizeOf,
  Tensor,
  tensor,
} from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";

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

/** Relative errors `‖a − n‖ / (‖a‖ + ‖n‖)` of analytic and numeric gradients; 0 where both are 0. */
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
 * `(L(−2h) − 8 L(−h) + 8 L(h) − L(2h)) / 12h`, exact for polynomials of degree 4. The layer is
 * initialised here, on a float64 reference backend; numbers among its states, such as the counter of
 * dropout, are put back before each forward.
 *
 * @param layer A layer, not yet initialised.
 * @param options Shapes, and where numbers come from.
 * @returns Relative errors; a right backward stays under 1e-8.
 * @throws {ShapeError} If the input has another count of numbers.
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
  const { inputShape, batch = 2, random = seeded(0), step = 7e-4 } = options;
  const backend = reference({ dtype: "float64" });
  layer.init(inputShape, { backend, random });
  const x = new Tensor(backend, [batch, ...inputShape]);
  const input = Float64Array.from(options.input ?? spreadNumbers(x.size, random, step));
  if (input.length !== x.size) {
    throw new ShapeError(
      `Cannot check a layer as the input must fill ${
        formatShape(x.shape)
      }: found ${input.length} numbers`,
    );
  }
  x.set(input);

  const numbers = layer.state.filter((state) => typeof state.value === "number");
  const saved = numbers.map((state) => state.value);
  const forward = () => {
    numbers.forEach((state, i) => state.value = saved[i]!);
    return layer.forward(x, "train");
  };
  const r = new Float64Array(sizeOf(forward().shape)).map(() => random.normal());
  const loss = async () => {
    const y = await forward().data();
    return r.reduce((sum, weight, i) => sum + weight * y[i]!, 0);
  };

  const trainable = layer.parameters.filter((parameter) => parameter.trainable);
  const dy = tensor(backend, r, { shape: forward().shape });
  const dx = await layer.backward(dy)!.data();
  const gradients = await Promise.all(trainable.map((parameter) => parameter.gradient.data()));

  const inputError = relativeError(dx, await slopes(x, loss, step));
  const parameters: Record<string, number> = {};
  for (const [i, { name, value }] of trainable.entries()) {
    parameters[name] = relativeError(gradients[i]!, await slopes(value, loss, step));
  }
  return {
    input: inputError,
    parameters,
    worst: Math.max(inputError, ...Object.values(parameters)),
  };
}

/**
 * Compares a loss's backward with finite differences of its forward, in float64.
 *
 * @param loss A loss.
 * @param options Prediction `[batch, …]` and target, as tensors on a float64 backend, and the distance of
 * the stencil (default 7e-4).
 * @returns The relative error `‖a − n‖ / (‖a‖ + ‖n‖)`; a right backward stays under 1e-8.
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
  const { prediction, target, step = 7e-4 } = options;
  loss.forward(prediction, target);
  const gradient = await loss.backward().data();
  const value = () => loss.forward(prediction, target).item();
  return relativeError(gradient, await slopes(prediction, value, step));
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

function relativeError(a: NumericArray, b: NumericArray): number {
  const differences = Float64Array.from(a, (value, i) => value - b[i]!);
  const scale = norm(a) + norm(b);
  return scale === 0 ? 0 : norm(differences) / scale;
}

function norm(values: NumericArray): number {
  let sum = 0;
  for (const value of values) sum += value * value;
  return Math.sqrt(sum);
}

/** `count` distinct numbers around 0 in random order, thirty steps apart or more. */
function spreadNumbers(count: number, random: Random, step: number): Float64Array {
  const spacing = Math.max(30 * step, 4 / count);
  const order = random.permutation(count);
  return Float64Array.from(order, (place) => (place + 0.5 - count / 2) * spacing);
}
