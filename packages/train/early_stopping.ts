import type { Layer } from "@gradus/layers";
import { Tensor } from "@gradus/tensor";
import { numbersOf, tensorsOf } from "./_named_state.ts";
import type { NamedTensor } from "./named_tensor.ts";

/** Settings of {@linkcode EarlyStopping}. */
export interface EarlyStoppingOptions {
  /** Epochs without improvement after which to stop, at least 1. */
  readonly patience: number;
  /** What a loss must fall by to count as improvement, at least 0. Default: 0. */
  readonly minimumImprovement?: number;
}

/** What {@linkcode EarlyStopping.save} returns: plain JSON. */
export interface EarlyStoppingState {
  /** Lowest loss; null before a finite one. */
  readonly bestLoss: number | null;
  /** Observations before it; -1 before the first. */
  readonly bestEpoch: number;
  /** How many observations there were. */
  readonly observed: number;
  /** Numbers among the model's states, as they were at the lowest loss. */
  readonly bestNumbers: readonly number[];
}

/**
 * Watches the validation loss, keeps the best weights, and says when to stop.
 *
 * The weights are copied on the backend; the copies are made once and written again.
 *
 * Source: Prechelt, Early stopping — but when?, 1998.
 *
 * @example
 * ```ts
 * import { Dense } from "@gradus/layers";
 * import { random } from "@gradus/random";
 * import { reference } from "@gradus/tensor/reference";
 * import { EarlyStopping } from "@gradus/train";
 * import { assertEquals } from "@std/assert";
 *
 * const model = new Dense(1, { bias: false });
 * model.init([1], { backend: reference(), random: random(0) });
 * const weight = model.parameters[0]!.value;
 * const stopping = new EarlyStopping(model, { patience: 2 });
 *
 * const stops: boolean[] = [];
 * for (const [epoch, loss] of [3, 1, 2, 2].entries()) {
 *   weight.set([[epoch]]);
 *   stops.push(stopping.observe(loss));
 * }
 * assertEquals(stops, [false, false, false, true]);
 * stopping.restoreBest();
 * assertEquals(await weight.item(), 1);
 * ```
 */
export class EarlyStopping implements Disposable {
  readonly #model: Layer;
  readonly #patience: number;
  readonly #minimumImprovement: number;
  #bestLoss = Infinity;
  #bestEpoch = -1;
  #observed = 0;
  #copies: readonly NamedTensor[] | null = null;
  #bestNumbers: readonly number[] = [];

  /**
   * A watch that has seen nothing.
   *
   * @param model The model, initialised.
   * @param options How long to wait.
   * @throws {RangeError} If patience is not a whole number of at least 1, or the improvement not a finite
   * number of at least 0.
   */
  constructor(model: Layer, options: EarlyStoppingOptions) {
    const { patience, minimumImprovement = 0 } = options;
    if (!Number.isInteger(patience) || patience < 1) {
      throw new RangeError(
        `Cannot stop early as patience must be a whole number of at least 1: found ${patience}`,
      );
    }
    if (!(minimumImprovement >= 0 && minimumImprovement < Infinity)) {
      throw new RangeError(
        `Cannot stop early as minimumImprovement must be a finite number of at least 0: found ${minimumImprovement}`,
      );
    }
    this.#model = model;
    this.#patience = patience;
    this.#minimumImprovement = minimumImprovement;
  }

  /** Lowest loss seen; Infinity before a finite one. */
  get bestLoss(): number {
    return this.#bestLoss;
  }

  /** Observations before the lowest loss; -1 before a finite one. */
  get bestEpoch(): number {
    return this.#bestEpoch;
  }

  /**
   * Takes the validation loss of an epoch, and copies the weights if it is the lowest.
   *
   * @param loss The loss; one that is not finite is no improvement.
   * @returns Whether there was no improvement for `patience` epochs: time to stop.
   */
  observe(loss: number): boolean {
    const epoch = this.#observed++;
    if (Number.isFinite(loss) && loss < this.#bestLoss - this.#minimumImprovement) {
      this.#keep();
      this.#bestLoss = loss;
      this.#bestEpoch = epoch;
    }
    return epoch - this.#bestEpoch >= this.#patience;
  }

  /**
   * Puts the weights and states of the lowest loss back into the model.
   *
   * @throws {Error} If no finite loss was observed, or the copies were given back.
   */
  restoreBest(): void {
    const best = this.best();
    if (best.length === 0) {
      throw new Error(
        "Cannot restore the best weights as a finite loss must be observed first: found no copies",
      );
    }
    tensorsOf(this.#model).forEach(({ value }, i) => value.backend.copy(best[i]!.value, value));
    numbersOf(this.#model).forEach((state, i) => state.value = this.#bestNumbers[i]!);
  }

  /**
   * The best weights and states under their names; empty before a finite loss was observed.
   *
   * @returns The copies, valid until the next observation.
   */
  best(): readonly NamedTensor[] {
    return this.#bestEpoch < 0 ? [] : this.#copies ?? [];
  }

  /**
   * What a checkpoint keeps of it, beside the best weights.
   *
   * @returns A new record, plain JSON.
   * @throws {Error} If the copies were given back.
   */
  save(): EarlyStoppingState {
    const hasBest = this.#bestEpoch >= 0;
    if (hasBest && this.#copies === null) {
      throw new Error(
        "Cannot save early stopping as its best weights must be there: found them disposed",
      );
    }
    return {
      bestLoss: hasBest ? this.#bestLoss : null,
      bestEpoch: this.#bestEpoch,
      observed: this.#observed,
      bestNumbers: [...this.#bestNumbers],
    };
  }

  /**
   * Goes on from what {@linkcode EarlyStopping.save} returned; the best weights are the caller's to set.
   *
   * @param state Such a record, for the same model.
   * @throws {TypeError} If it is no such record; nothing changes.
   */
  restore(state: EarlyStoppingState): void {
    const numbers = numbersOf(this.#model).length;
    if (!isStoppingState(state, numbers)) {
      throw new TypeError(
        `Cannot restore early stopping as its state must be one that it saved, with ${numbers} numbers: found ${
          JSON.stringify(state)
        }`,
      );
    }
    const { bestLoss, bestEpoch, observed, bestNumbers } = state;
    if (bestLoss !== null) this.#copies ??= this.#newCopies();
    this.#bestLoss = bestLoss ?? Infinity;
    this.#bestEpoch = bestEpoch;
    this.#observed = observed;
    this.#bestNumbers = [...bestNumbers];
  }

  /** Gives the copies back. */
  dispose(): void {
    for (const { value } of this.#copies ?? []) value.dispose();
    this.#copies = null;
  }

  /** As {@linkcode EarlyStopping.dispose}, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  #keep(): void {
    this.#copies ??= this.#newCopies();
    tensorsOf(this.#model).forEach(({ value }, i) => {
      value.backend.copy(value, this.#copies![i]!.value);
    });
    this.#bestNumbers = numbersOf(this.#model).map((state) => state.value as number);
  }

  #newCopies(): NamedTensor[] {
    return tensorsOf(this.#model).map(({ name, value }) => ({
      name,
      value: new Tensor(value.backend, value.shape, {
        dtype: value.dtype,
        purpose: `the best ${name}`,
      }),
    }));
  }
}

/** Whether a record, of unknown origin, is one that a watch of a model with so many numbers saved. */
function isStoppingState(state: EarlyStoppingState, numbers: number): boolean {
  if (typeof state !== "object" || state === null) return false;
  const { bestLoss, bestEpoch, observed, bestNumbers } = state;
  if (!Number.isSafeInteger(observed) || observed < 0 || !Array.isArray(bestNumbers)) return false;
  if (bestLoss === null) return bestEpoch === -1 && bestNumbers.length === 0;
  return Number.isFinite(bestLoss) && Number.isSafeInteger(bestEpoch) && bestEpoch >= 0 &&
    bestEpoch < observed && bestNumbers.length === numbers && bestNumbers.every(Number.isFinite);
}
