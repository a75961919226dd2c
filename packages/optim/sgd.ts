import type { SgdEntry, Tensor } from "@gradus/tensor";
import { checkShare } from "./_check_number.ts";
import { type Method, StepSequence } from "./_step_sequence.ts";
import type { OptimizedParameters } from "./optimized_parameter.ts";
import type { Optimizer, OptimizerOptions, OptimizerSlot, OptimizerState } from "./optimizer.ts";
import type { Schedule } from "./schedule.ts";

/** Settings of {@linkcode Sgd}. */
export interface SgdOptions extends OptimizerOptions {
  /** `η`, a finite number of at least 0, or a function of the step. */
  readonly learningRate: number | Schedule;
  /** `μ`, in [0, 1). Default: 0. */
  readonly momentum?: number;
  /**
   * Whether the step looks ahead along the velocity; needs momentum, and no dampening. Default:
   * false.
   */
  readonly nesterov?: boolean;
  /**
   * The share of each gradient but the first that the velocity leaves out, in [0, 1). Default: 0.
   */
  readonly dampening?: number;
  /** Whether decay bypasses gradient and velocity: `θ ← θ − η · λ · θ`. Default: false. */
  readonly decoupled?: boolean;
  /** Whether the velocity takes up the rates of its steps; see {@linkcode Sgd}. Default: false. */
  readonly rateInVelocity?: boolean;
}

/**
 * Stochastic gradient descent, `θ ← θ − η · v` with the velocity `v ← μ · v + g`, and
 * `g = ∂L/∂θ + λ · θ`.
 *
 * `η` is the learning rate, `μ` the momentum and `λ` the weight decay, all as in PyTorch: the
 * velocity begins as the first gradient, whatever the dampening, and Nesterov's momentum moves by
 * `g + μ · v` in place of `v`.
 *
 * With `rateInVelocity` it is `v ← μ · v + η · g` and `θ ← θ − v`, as in many a textbook. At a
 * constant rate the two take the same path. When the rate changes they part: `v` here remembers the
 * rates it was made with, so that after a fall of the rate the old velocity carries on at its old
 * length, while PyTorch's form scales all of it by the new rate at once.
 *
 * Source: Sutskever et al., On the Importance of Initialization and Momentum in Deep Learning,
 * 2013.
 *
 * @example
 * ```ts
 * import { Sgd, stepDecay } from "@gradus/optim";
 * import { tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const backend = reference();
 * const [value, gradient] = [tensor(backend, [8]), tensor(backend, [4])];
 * const optimizer = new Sgd([{ name: "weight", value, gradient, trainable: true }], {
 *   learningRate: stepDecay({ rate: 0.5, factor: 0.5, milestones: [1] }),
 *   momentum: 0.5,
 * });
 *
 * optimizer.step(); // v = 4, η = 0.5
 * assertEquals(await value.item(), 6);
 * optimizer.step(); // v = 6, η = 0.25
 * assertEquals(await value.item(), 4.5);
 * assertEquals(optimizer.slots.map((slot) => slot.name), ["weight.velocity"]);
 * ```
 */
export class Sgd implements Optimizer {
  readonly #sequence: StepSequence<SgdEntry>;

  /**
   * An optimizer that has taken no step. It allocates a velocity for each parameter, if there is
   * momentum.
   *
   * @param parameters Parameters, or groups of them with settings of their own.
   * @param options See {@linkcode SgdOptions}.
   * @throws {TypeError} If there are no parameters, one is given twice, they are on two backends, a
   * gradient has not its value's shape, or both kinds of clipping are given.
   * @throws {RangeError} If a setting is outside its range.
   */
  constructor(parameters: OptimizedParameters, options: SgdOptions) {
    const {
      momentum = 0,
      nesterov = false,
      dampening = 0,
      rateInVelocity = false,
    } = options;
    checkShare("optimize as momentum", momentum);
    checkShare("optimize as dampening", dampening);
    if (nesterov && (momentum === 0 || dampening !== 0)) {
      throw new RangeError(
        `Cannot optimize as Nesterov's momentum must be above 0, without dampening: found momentum ${momentum} and dampening ${dampening}`,
      );
    }
    const method: Method<SgdEntry> = {
      kind: "sgd",
      entry: (start, { slot }) => ({
        ...start,
        velocity: momentum === 0 ? null : slot("velocity"),
        momentum,
        dampening,
        nesterov,
        rateInVelocity,
      }),
      // The velocity begins as the first gradient, not as a share of it.
      prepare: (entry, updates) => entry.dampening = updates === 0 ? 0 : dampening,
      run: (backend, entries, guard) => backend.sgdStep(entries, guard),
    };
    this.#sequence = new StepSequence(method, parameters, options);
  }

  /** Steps taken so far. */
  get steps(): number {
    return this.#sequence.steps;
  }

  /** The rate of the next step, of the first group. */
  get learningRate(): number {
    return this.#sequence.learningRate;
  }

  /** The `velocity` of each parameter; none without momentum. */
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
