import type { Optimizer } from "@gradus/optim";
import type { Tensor } from "@gradus/tensor";

/** A moving average of weights, such as a `WeightAverage` of `@gradus/train`. */
export interface AveragedWeights {
  /** The averages under the names of the model's tensors. */
  readonly averages: readonly { readonly name: string; readonly value: Tensor }[];
  /**
   * What it keeps beside them.
   *
   * @returns Steps observed.
   */
  save(): { readonly steps: number };
  /**
   * Goes on from what {@linkcode AveragedWeights.save} returned.
   *
   * @param state Steps observed.
   */
  restore(state: { readonly steps: number }): void;
}

/** What changes with each step of a training, beside the model. */
export interface TrainingState {
  /** Moves the model's parameters. */
  readonly optimizer: Optimizer;
  /** Averages the weights; there if and only if the record says so. */
  readonly average?: AveragedWeights;
}
