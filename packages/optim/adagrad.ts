import type { AdagradEntry, Tensor } from "@gradus/tensor";
import { checkPositive } from "./_check_number.ts";
import { type Method, StepSequence } from "./_step_sequence.ts";
import type { OptimizedParameters } from "./optimized_parameter.ts";
import type { Optimizer, OptimizerOptions, OptimizerSlot, OptimizerState } from "./optimizer.ts";

/** Settings of {@linkcode Adagrad}. The learning rate is 0.01 by default. */
export interface AdagradOptions extends OptimizerOptions {
  /** `ε`, above 0: keeps the division from blowing up where gradients vanish. Default: 1e-10. */
  readonly epsilon?: number;
}

/**
 * Adagrad, `θ ← θ − η · g / (√s + ε)` with `s ← s + g²`: the more a coordinate moved, the slower it
 * moves.
 *
 * `g = ∂L/∂θ + λ · θ`, where `λ` is the weight decay, and `s` begins at 0, as in PyTorch.
 *
 * Source: Duchi, Hazan and Singer, Adaptive Subgradient Methods for Online Learning and Stochastic
 * Optimization, 2011.
 *
 * @example
 * ```ts
 * import { Adagrad } from "@gradus/optim";
 * import { tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const backend = reference();
 * const [value, gradient] = [tensor(backend, [1]), tensor(backend, [3])];
 * const optimizer = new Adagrad([{ name: "weight", value, gradient, trainable: true }], {
 *   learningRate: 0.5,
 * });
 * optimizer.step(); // by 0.5 · 3 / √9
 * gradient.set([4]);
 * optimizer.step(); // by 0.5 · 4 / √25
 *
 * assertAlmostEquals(await value.item(), 0.1, 1e-6);
 * ```
 */
export class Adagrad implements Optimizer {
  readonly #sequence: StepSequence<AdagradEntry>;

  /**
   * An optimizer that has taken no step. It allocates a sum of squares for each parameter.
   *
   * @param parameters Parameters, or groups of them with settings of their own.
   * @param options See {@linkcode AdagradOptions}.
   * @throws {TypeError} If there are no parameters, one is given twice, they are on two backends, a
   * gradient has not its value's shape, or both kinds of clipping are given.
   * @throws {RangeError} If a setting is outside its range.
   */
  constructor(parameters: OptimizedParameters, options: AdagradOptions = {}) {
    const { epsilon = 1e-10 } = options;
    checkPositive("optimize as epsilon", epsilon);
    const method: Method<AdagradEntry> = {
      kind: "adagrad",
      entry: (start, { slot }) => ({ ...start, square: slot("square"), epsilon }),
      run: (backend, entries, guard) => backend.adagradStep(entries, guard),
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

  /** The sum of the `square`s of each parameter. */
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
