import type { RmsPropEntry, Tensor } from "@gradus/tensor";
import { checkPositive, checkShare } from "./_check_number.ts";
import { type Method, StepSequence } from "./_step_sequence.ts";
import type { OptimizedParameters } from "./optimized_parameter.ts";
import type { Optimizer, OptimizerOptions, OptimizerSlot, OptimizerState } from "./optimizer.ts";

/** Settings of {@linkcode RmsProp}. The learning rate is 0.01 by default. */
export interface RmsPropOptions extends OptimizerOptions {
  /** `α`, how much of the mean square stays at each step, in [0, 1). Default: 0.99. */
  readonly alpha?: number;
  /** `ε`, above 0: keeps the division from blowing up where gradients vanish. Default: 1e-8. */
  readonly epsilon?: number;
  /** `μ`, in [0, 1). Default: 0. */
  readonly momentum?: number;
}

/**
 * RMSprop, `θ ← θ − η · v` with `v ← μ · v + g / (√s + ε)`: gradients divided by their root mean
 * square.
 *
 * `s ← α · s + (1 − α) · g²` is a running mean, from 0, of the square of `g = ∂L/∂θ + λ · θ`, where
 * `λ` is the weight decay; `ε` is outside of the root. All is as in PyTorch.
 *
 * Source: Hinton, Neural Networks for Machine Learning, lecture 6e, 2012.
 *
 * @example
 * ```ts
 * import { RmsProp } from "@gradus/optim";
 * import { tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const backend = reference();
 * const [value, gradient] = [tensor(backend, [1]), tensor(backend, [1000])];
 * const optimizer = new RmsProp([{ name: "weight", value, gradient, trainable: true }], {
 *   learningRate: 0.1,
 *   alpha: 0.75,
 * });
 * optimizer.step(); // by 0.1 · g / √(0.25 · g²)
 *
 * assertAlmostEquals(await value.item(), 0.8, 1e-6);
 * ```
 */
export class RmsProp implements Optimizer {
  readonly #sequence: StepSequence<RmsPropEntry>;

  /**
   * An optimizer that has taken no step. It allocates a mean square for each parameter, and a
   * velocity if there is momentum.
   *
   * @param parameters Parameters, or groups of them with settings of their own.
   * @param options See {@linkcode RmsPropOptions}.
   * @throws {TypeError} If there are no parameters, one is given twice, they are on two backends, a
   * gradient has not its value's shape, or both kinds of clipping are given.
   * @throws {RangeError} If a setting is outside its range.
   */
  constructor(parameters: OptimizedParameters, options: RmsPropOptions = {}) {
    const { alpha = 0.99, epsilon = 1e-8, momentum = 0 } = options;
    checkShare("optimize as alpha", alpha);
    checkPositive("optimize as epsilon", epsilon);
    checkShare("optimize as momentum", momentum);
    const method: Method<RmsPropEntry> = {
      kind: "rmsProp",
      entry: (start, { slot }) => ({
        ...start,
        square: slot("square"),
        velocity: momentum === 0 ? null : slot("velocity"),
        alpha,
        epsilon,
        momentum,
      }),
      run: (backend, entries, guard) => backend.rmsPropStep(entries, guard),
    };
    this.#sequence = new StepSequence(method, parameters, {
      ...options,
      learningRate: options.learningRate ?? 0.01,
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

  /** The mean `square` of each parameter, and its `velocity` if there is momentum. */
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
