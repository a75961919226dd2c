import type { AdamEntry, Tensor } from "@gradus/tensor";
import { adamMethod } from "./_adam_method.ts";
import { StepSequence } from "./_step_sequence.ts";
import type { OptimizedParameters } from "./optimized_parameter.ts";
import type { Optimizer, OptimizerOptions, OptimizerSlot, OptimizerState } from "./optimizer.ts";

/** Settings of {@linkcode AdamW}. The learning rate is 0.001 by default, the weight decay 0.01. */
export interface AdamWOptions extends OptimizerOptions {
  /** `β₁`, how much of the mean stays at each step, in [0, 1). Default: 0.9. */
  readonly beta1?: number;
  /** `β₂`, how much of the variance stays at each step, in [0, 1). Default: 0.999. */
  readonly beta2?: number;
  /** `ε`, above 0: keeps the division from blowing up where gradients vanish. Default: 1e-8. */
  readonly epsilon?: number;
}

/**
 * Adam with decoupled weight decay, `θ ← θ − η · λ · θ − η · m̂ / (√v̂ + ε)`.
 *
 * `m̂` and `v̂` are the means of {@linkcode Adam}, of `g = ∂L/∂θ` alone: every weight shrinks by
 * the same share `η · λ`, where Adam divides the pull of its decay by the size of the gradients.
 *
 * Source: Loshchilov and Hutter, Decoupled Weight Decay Regularization, 2019, algorithm 2, with the
 * rate in place of the multiplier, as in PyTorch.
 *
 * @example
 * ```ts
 * import { AdamW } from "@gradus/optim";
 * import { tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const backend = reference();
 * const [value, gradient] = [tensor(backend, [8]), tensor(backend, [0])];
 * const optimizer = new AdamW([{ name: "weight", value, gradient, trainable: true }], {
 *   learningRate: 0.5,
 *   weightDecay: 0.25,
 * });
 * optimizer.step();
 *
 * assertEquals(await value.item(), 7);
 * ```
 */
export class AdamW implements Optimizer {
  readonly #sequence: StepSequence<AdamEntry>;

  /**
   * An optimizer that has taken no step. It allocates a mean and a variance for each parameter.
   *
   * @param parameters Parameters, or groups of them with settings of their own.
   * @param options See {@linkcode AdamWOptions}.
   * @throws {TypeError} If there are no parameters, one is given twice, they are on two backends, a
   * gradient has not its value's shape, or both kinds of clipping are given.
   * @throws {RangeError} If a setting is outside its range.
   */
  constructor(parameters: OptimizedParameters, options: AdamWOptions = {}) {
    this.#sequence = new StepSequence(adamMethod("adamW", options), parameters, {
      ...options,
      learningRate: options.learningRate ?? 0.001,
      weightDecay: options.weightDecay ?? 0.01,
      decoupled: true,
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
