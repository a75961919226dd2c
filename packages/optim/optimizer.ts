import type { Shape, Tensor } from "@gradus/tensor";
import type { Schedule } from "./schedule.ts";

/** Settings that all optimizers have. */
export interface OptimizerOptions {
  /**
   * The factor of each update: a finite number of at least 0, or a function of the step. Default:
   * see the optimizer.
   */
  readonly learningRate?: number | Schedule;
  /**
   * How strongly values are pulled to 0, at least 0. Default: 0, unless the optimizer says
   * otherwise.
   */
  readonly weightDecay?: number;
  /**
   * The largest L2 norm, above 0, of all gradients together: if they exceed it, all are multiplied
   * by `clipNorm / norm`, before decay is added. (PyTorch's `clip_grad_norm_` adds 10⁻⁶ to the
   * norm.) Default: none.
   */
  readonly clipNorm?: number;
  /**
   * The largest L2 norm, above 0, of each parameter's gradient by itself, otherwise as `clipNorm`,
   * which must not be given along with it. Default: none.
   */
  readonly clipParameterNorm?: number;
  /**
   * What the loss was multiplied by, above 0, as by `ScaledLoss` of `@gradus/losses`: gradients are
   * divided by it before all else. A power of two rounds nothing. Default: 1.
   */
  readonly lossScale?: number;
}

/** State of one parameter that an optimizer keeps from step to step. */
export interface OptimizerSlot {
  /** The parameter's name and the state's, as in `3.weight.velocity`. */
  readonly name: string;
  /** The numbers, in the parameter's shape; 0 before the first step. */
  readonly value: Tensor;
}

/**
 * What {@linkcode Optimizer.save} gives: plain JSON, to be kept along with the numbers of the
 * slots.
 */
export interface OptimizerState {
  /** Which optimizer: `"sgd"`, `"adam"` … */
  readonly kind: string;
  /** Steps taken. */
  readonly steps: number;
  /**
   * The parameters in order, and how many steps changed each; a frozen one is left out of a step.
   */
  readonly parameters: readonly { readonly name: string; readonly updates: number }[];
  /** The slots in order. */
  readonly slots: readonly { readonly name: string; readonly shape: Shape }[];
}

/**
 * What moves parameters against their gradients.
 *
 * All of a step is queued on the parameters' backend, and a step allocates nothing. Parameters that
 * are not trainable at a step are left out of it, though their slots exist. A step whose gradients
 * are not all finite changes nothing, nor does any later one, and the {@linkcode Optimizer.flag}
 * tells which parameter was the first: read it now and then and hand it to
 * {@linkcode Optimizer.check}.
 *
 * @example Stop at the first NaN
 * ```ts
 * import { Adam, type Optimizer } from "@gradus/optim";
 * import { tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const backend = reference();
 * const [value, gradient] = [tensor(backend, [1]), tensor(backend, [NaN])];
 * const optimizer: Optimizer = new Adam([{ name: "bias", value, gradient, trainable: true }]);
 * optimizer.step();
 *
 * assertEquals(await value.item(), 1);
 * const flag = await optimizer.flag.data();
 * assertThrows(
 *   () => optimizer.check(flag),
 *   RangeError,
 *   "Cannot update bias at step 0 as its gradient must be finite: found NaN or Infinity",
 * );
 * ```
 */
export interface Optimizer {
  /** Steps taken so far. */
  readonly steps: number;
  /** The rate of the next step, of the first group. */
  readonly learningRate: number;
  /** All state to be saved, in the order of the parameters. The tensors stay the same. */
  readonly slots: readonly OptimizerSlot[];
  /**
   * `int32 [2]`, zeros until a gradient is not finite, and then what {@linkcode Optimizer.check}
   * reads.
   */
  readonly flag: Tensor;
  /**
   * Moves the parameters once.
   *
   * @throws {RangeError} If a schedule gives no finite number of at least 0; nothing changes.
   * @throws {Error} If no parameter is trainable; nothing changes.
   */
  step(): void;
  /**
   * Stops a training that went astray.
   *
   * @param flagValues What was read from {@linkcode Optimizer.flag}, at any time.
   * @throws {RangeError} If a gradient was not finite, naming the parameter and the step.
   */
  check(flagValues: ArrayLike<number>): void;
  /**
   * What a checkpoint keeps of it, beside the numbers of the slots.
   *
   * @returns A new record, plain JSON.
   */
  save(): OptimizerState;
  /**
   * Continues from what {@linkcode Optimizer.save} gave; the settings stay, the flag is cleared,
   * and the numbers of the slots are the caller's to set.
   *
   * @param state Such a record, of the same optimizer for the same parameters.
   * @throws {TypeError} If it is of another kind of optimizer, of other parameters or slots, or of
   * slots of another shape; nothing changes.
   * @throws {RangeError} If a count of steps is none; nothing changes.
   */
  restore(state: OptimizerState): void;
}
