import { type Backend, Tensor } from "@gradus/tensor";
import type { Means } from "./means.ts";

/** What is read of an epoch. */
interface EpochNumbers {
  /** Over all rows so far, a short batch counting for its rows alone. */
  readonly means: Means;
  /** Of each batch so far. */
  readonly losses: readonly number[];
}

/** Memory for the losses and correct counts of one epoch after the other. */
export class BatchSlots {
  readonly losses: Tensor;
  readonly corrects: Tensor;
  readonly correct: Tensor;
  isDisposed = false;

  constructor(backend: Backend, length: number) {
    if (!Number.isInteger(length) || length < 1) {
      throw new RangeError(
        `Cannot go through an epoch as it must have at least one batch: found ${length}`,
      );
    }
    this.losses = new Tensor(backend, [length], { purpose: "the losses of an epoch" });
    this.corrects = new Tensor(backend, [length], { purpose: "the correct counts of an epoch" });
    this.correct = new Tensor(backend, [1], { purpose: "the correct count of a batch" });
  }

  dispose(): void {
    for (const tensor of [this.losses, this.corrects, this.correct]) tensor.dispose();
    this.isDisposed = true;
  }
}

/**
 * Losses and correct counts of an epoch, kept on the backend until someone asks, so that a step never
 * waits for a read; and on the host for good once the epoch is finished.
 */
export class EpochRecord {
  readonly #slots: BatchSlots;
  readonly #rows: number[] = [];
  #counts = true;
  #finished: EpochNumbers | null = null;

  constructor(slots: BatchSlots) {
    this.#slots = slots;
  }

  /**
   * Keeps a batch's loss in the next slot, and how many of its rows are right if it has labels; returns
   * the slot.
   */
  keep(cost: Tensor, prediction: Tensor, target: Tensor): number {
    const { losses, corrects, correct } = this.#slots;
    const { backend } = losses;
    const start = this.#rows.length;
    backend.paste(asVector(cost), { axis: 0, start }, losses);
    if (target.dtype === "int32" && prediction.shape.length === 2) {
      backend.countCorrect(prediction, target, correct);
      backend.paste(correct, { axis: 0, start }, corrects);
    } else {
      this.#counts = false;
    }
    this.#rows.push(target.shape[0]!);
    return start;
  }

  /** Reads the whole epoch; its memory may then serve the next one. */
  async finish(): Promise<EpochNumbers> {
    this.#finished = await this.read();
    return this.#finished;
  }

  /** Reads the epoch so far. */
  async read(): Promise<EpochNumbers> {
    if (this.#finished !== null) return this.#finished;
    const { losses, corrects, isDisposed } = this.#slots;
    const rows = [...this.#rows];
    const counts = this.#counts;
    if (isDisposed) {
      throw new Error(
        `Cannot read the losses of an epoch as training must go on to its last step: found it stopped after ${rows.length} of ${losses.size}`,
      );
    }
    const [lossOf, correctOf] = await Promise.all([losses.data(), corrects.data()]);
    let [total, loss, correct] = [0, 0, 0];
    rows.forEach((count, slot) => {
      total += count;
      loss += lossOf[slot]! * count;
      correct += correctOf[slot]!;
    });
    return {
      means: { loss: loss / total, accuracy: counts ? correct / total : null, rows: total },
      losses: [...lossOf.subarray(0, rows.length)],
    };
  }
}

/** A number `[]` as `[1]`, without a new tensor each step. */
function asVector(cost: Tensor): Tensor {
  let vector = vectors.get(cost);
  if (vector === undefined) {
    vector = cost.reshape([1]);
    vectors.set(cost, vector);
  }
  return vector;
}

const vectors = new WeakMap<Tensor, Tensor>();
