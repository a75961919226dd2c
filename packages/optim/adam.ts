import type { AdamEntry, Tensor } from "@gradus/tensor";
import { adamMethod } from "./_adam_method.ts";
import { StepSequence } from "./_step_sequence.ts";
import type { OptimizedParameters } from "./optimized_parameter.ts";
import type { Optimizer, OptimizerOptions, OptimizerSlot, OptimizerState } from "./optimizer.ts";

/** Settings of {@linkcode Adam}. The learning rate is 0.001 by default. */
export interface AdamOptions extends OptimizerOptions {
  /** `β₁`, how much of the mean stays at each step, in [0, 1). Default: 0.9. */
  readonly beta1?: number;
  /** `β₂`, how much of the variance stays at each step, in [0, 1). Default: 0.999. */
  readonly beta2?: number;
  /** `ε`, above 0: keeps the division from blowing up where gradients vanish. Default: 1e-8. */
  readonly epsilon?: number;
}

/**
 * Adam, `θ ← θ − η · m̂ / (√v̂ + ε)`: steps of about the learning rate in every coordinate,
 * whatever the scale of its gradient.
 *
 * `m ← β₁ · m + (1 − β₁) · g` and `v ← β₂ · v + (1 − β₂) · g²` are running means of
 * `g = ∂L/∂θ + λ · θ` and its square. Both begin at 0; `m̂ = m / (1 − β₁ᵗ)` and
 * `v̂ = v / (1 − β₂ᵗ)` make up for that, where `t` counts the steps that changed the parameter,
 * this one included. Weight decay `λ` goes through the means, as in PyTorch; {@linkcode AdamW}
 * keeps it apart.
 *
 * Source: Kingma and Ba, Adam: A Method for Stochastic Optimization, 2015, algorithm 1.
 *
 * @example
 * ```ts
 * import { Adam } from "@gradus/optim";
 * import { tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const backend = reference();
 * const [value, gradient] = [tensor(backend, [1, 1]), tensor(backend, [1000, -0.001])];
 * new Adam([{ name: "weight", value, gradient, trainable: true }], { learningRate: 0.1 }).step();
 *
 * const [a, b] = await value.data();
 * assertAlmostEquals(a!, 0.9, 1e-5);
 * assertAlmostEquals(b!, 1.1, 1e-5);
 * ```
 */
export class Adam implements Optimizer {
  readonly #sequence: StepSequence<AdamEntry>;

  /**
   * An optimizer that has taken no step. It allocates a mean and a variance for each parameter.
   *
   * @param parameters Parameters, or groups of them with settings of their own.
   * @param options See {@linkcode AdamOptions}.
   * @throws {TypeError} If there are no parameters, one is given twice, they are on two backends, a
   * gradient has not its value's shape, or both kinds of clipping are given.
   * @throws {RangeError} If a setting is outside its range.
   */
  constructor(parameters: OptimizedParameters, options: AdamOptions = {}) {
    this.#sequence = new StepSequence(adamMethod("adam", options), parameters, {
      ...options,
      learningRate: options.learningRate ?? 0.001,
    });
  }

  /** Steps taken so far. */
  get steps(): number {
    return this.#sequence.steps;
  }

  /** The rate of the next step, of the first group. */
  get learningRate(): number {
    return this.#sequence.learningRate;
  }

  /** The `mean` and the `variance` of each parameter. */
  get slots(): readonly OptimizerSlot[] {
    return this.#sequence.slots;
  }

  /** `int32 [2]`, zeros until a gradient is not finite. */
  get flag(): Tensor {
    return this.#sequence.flag;
  }

  /**
   * Moves the parameters once.
   *
   * @throws {RangeError} If a schedule gives no finite number of at least 0; nothing changes.
   * @throws {Error} If no parameter is trainable; nothing changes.
   */
  step(): void {
    this.#sequence.step();
  }

  /**
   * Stops a training that went astray.
   *
   * @param flagValues What was read from the flag, at any time.
   * @throws {RangeError} If a gradient was not finite, naming the parameter and the step.
   */
  check(flagValues: ArrayLike<number>): void {
    this.#sequence.check(flagValues);
  }

  /**
   * What a checkpoint keeps of it, beside the numbers of the slots.
   *
   * @returns A new record, plain JSON.
   */
  save(): OptimizerState {
    return this.#sequence.save();
  }

  /**
   * Continues from what `save` gave, with the settings of now; the slots' numbers are the caller's
   * to set.
   *
   * @param state Such a record, of the same optimizer for the same parameters.
   * @throws {TypeError} If it is of another optimizer, or of other parameters, slots or shapes.
   * @throws {RangeError} If a count of steps is none.
   */
  restore(state: OptimizerState): void {
    this.#sequence.restore(state);
  }
}
