import { checkNotNegative, checkShare, checkWhole, shown } from "./_check_number.ts";
import type { Schedule } from "./schedule.ts";

/** Settings of {@linkcode ReduceOnPlateau}. */
export interface ReduceOnPlateauOptions {
  /** The rate to begin with. */
  readonly rate: number;
  /** What the rate is multiplied by, in (0, 1). Default: 0.1. */
  readonly factor?: number;
  /** How many losses in a row may be no better than the best, a whole number. Default: 10. */
  readonly patience?: number;
  /** By what share of the best a loss must be lower to be better, in [0, 1). Default: 0.0001. */
  readonly threshold?: number;
  /** The rate does not fall below. Default: 0. */
  readonly minimum?: number;
}

/** What {@linkcode ReduceOnPlateau.save} gives: plain JSON. */
export interface PlateauState {
  /** The rate. */
  readonly rate: number;
  /** The lowest loss, or null before the first. */
  readonly best: number | null;
  /** How many losses in a row were no better. */
  readonly waited: number;
}

/**
 * A learning rate that falls when a loss stops falling: when more than `patience` losses in a row
 * were no lower than `best − threshold · |best|`, the rate becomes `max(rate · factor, minimum)`.
 *
 * It is told a loss, usually that of the validation rows after each epoch, and an optimizer takes
 * its {@linkcode ReduceOnPlateau.schedule}. Defaults are those of PyTorch.
 *
 * @example
 * ```ts
 * import { ReduceOnPlateau } from "@gradus/optim";
 * import { assertEquals } from "@std/assert";
 *
 * const plateau = new ReduceOnPlateau({ rate: 0.1, factor: 0.5, patience: 1 });
 * for (const loss of [3, 2, 2, 2]) plateau.observe(loss);
 *
 * assertEquals(plateau.rate, 0.05);
 * assertEquals(plateau.schedule(1234), 0.05);
 * ```
 */
export class ReduceOnPlateau {
  /** The rate of now, whatever the step: what an optimizer takes as its `learningRate`. */
  readonly schedule: Schedule = () => this.#rate;
  readonly #factor: number;
  readonly #patience: number;
  readonly #threshold: number;
  readonly #minimum: number;
  #rate: number;
  #best: number | null = null;
  #waited = 0;

  /**
   * A rate that has seen no loss.
   *
   * @param options The rate, and when and how far it falls.
   * @throws {RangeError} If the rate or the minimum is negative or not finite, or another setting
   * is outside its range.
   */
  constructor(options: ReduceOnPlateauOptions) {
    const { rate, factor = 0.1, patience = 10, threshold = 1e-4, minimum = 0 } = options;
    checkNotNegative("reduce a rate as it", rate);
    if (!(factor > 0 && factor < 1)) {
      throw new RangeError(`Cannot reduce a rate as factor must be in (0, 1): found ${factor}`);
    }
    checkWhole("reduce a rate as patience", patience);
    checkShare("reduce a rate as threshold", threshold);
    checkNotNegative("reduce a rate as the minimum", minimum);
    this.#rate = rate;
    this.#factor = factor;
    this.#patience = patience;
    this.#threshold = threshold;
    this.#minimum = minimum;
  }

  /** The rate of now. */
  get rate(): number {
    return this.#rate;
  }

  /**
   * Takes a loss into account, which may lower the rate.
   *
   * @param loss A finite number.
   * @throws {RangeError} If it is NaN or infinite; nothing changes.
   */
  observe(loss: number): void {
    if (!Number.isFinite(loss)) {
      throw new RangeError(`Cannot observe a loss as it must be finite: found ${loss}`);
    }
    const best = this.#best;
    if (best === null || loss < best - this.#threshold * Math.abs(best)) {
      this.#best = loss;
      this.#waited = 0;
    } else if (++this.#waited > this.#patience) {
      this.#rate = Math.min(this.#rate, Math.max(this.#rate * this.#factor, this.#minimum));
      this.#waited = 0;
    }
  }

  /**
   * What a checkpoint keeps of it.
   *
   * @returns A new record, plain JSON.
   */
  save(): PlateauState {
    return { rate: this.#rate, best: this.#best, waited: this.#waited };
  }

  /**
   * Continues from what {@linkcode ReduceOnPlateau.save} gave; the settings stay.
   *
   * @param state Such a record.
   * @throws {TypeError} If it is no record.
   * @throws {RangeError} If one of its numbers is none that `save` gives; nothing changes.
   */
  restore(state: PlateauState): void {
    if (typeof state !== "object" || state === null) {
      throw new TypeError(`Cannot restore a plateau as its state must be a record: found ${state}`);
    }
    const { rate, best, waited } = state;
    checkNotNegative("restore a plateau as its rate", rate);
    if (best !== null && !Number.isFinite(best)) {
      throw new RangeError(
        `Cannot restore a plateau as its best loss must be finite or null: found ${shown(best)}`,
      );
    }
    checkWhole("restore a plateau as its count", waited);
    this.#rate = rate;
    this.#best = best;
    this.#waited = waited;
  }
}
