import type { Layer } from "@gradus/layers";
import { Tensor } from "@gradus/tensor";
import { tensorsOf } from "./_named_state.ts";
import type { NamedTensor } from "./named_tensor.ts";

/** Settings of a {@linkcode WeightAverage}. */
export interface WeightAverageOptions {
  /**
   * Share of the old average that stays at an update, in `[0, 1]`: a number, or a function of how many
   * steps there were.
   */
  readonly decay: number | ((step: number) => number);
  /** Steps between two updates, at least 1. Default: 1. */
  readonly every?: number;
  /**
   * Whether an update also sets the model to the average, from which its next steps start: lookahead.
   * Default: false, an exponential moving average that the training does not see.
   */
  readonly lookahead?: boolean;
}

/** What {@linkcode WeightAverage.save} returns: plain JSON. */
export interface WeightAverageState {
  /** Steps observed. */
  readonly steps: number;
}

/**
 * A moving average of a model's parameters and states, `a ← decay · a + (1 − decay) · w`.
 *
 * It starts at the model's values when it is made. Tensors keep their identity: contents are swapped.
 *
 * Source: Polyak and Juditsky, Acceleration of stochastic approximation by averaging, 1992; Zhang et al.,
 * Lookahead optimizer: k steps forward, 1 step back, NeurIPS 2019.
 *
 * @example
 * ```ts
 * import { constantInit, Dense } from "@gradus/layers";
 * import { random } from "@gradus/random";
 * import { reference } from "@gradus/tensor/reference";
 * import { WeightAverage } from "@gradus/train";
 * import { assertEquals } from "@std/assert";
 *
 * const model = new Dense(1, { bias: false, weightInit: constantInit(0) });
 * model.init([1], { backend: reference(), random: random(0) });
 * const average = new WeightAverage(model, { decay: 0.75 });
 * const weight = model.parameters[0]!.value;
 *
 * weight.set([[8]]); // in place of an optimizer's step
 * average.update();
 * average.swap();
 * assertEquals(await weight.item(), 2);
 * average.swap();
 * assertEquals(await weight.item(), 8);
 * ```
 */
export class WeightAverage implements Disposable {
  readonly #decay: (step: number) => number;
  readonly #every: number;
  readonly #lookahead: boolean;
  readonly #live: readonly NamedTensor[];
  /** The averages under the names of the model's tensors. */
  readonly averages: readonly NamedTensor[];
  readonly #scratch: Tensor;
  #steps = 0;

  /**
   * An average that equals the model.
   *
   * @param model The model, initialised.
   * @param options Decay, interval, and whether the model follows.
   * @throws {RangeError} If a decay is not in `[0, 1]`, or the interval not a whole number of at least 1.
   */
  constructor(model: Layer, options: WeightAverageOptions) {
    const { decay, every = 1, lookahead = false } = options;
    if (!Number.isInteger(every) || every < 1) {
      throw new RangeError(
        `Cannot average weights as every must be a whole number of at least 1: found ${every}`,
      );
    }
    this.#decay = typeof decay === "number" ? () => decay : decay;
    if (typeof decay === "number") assertDecay(decay, 0);
    this.#every = every;
    this.#lookahead = lookahead;
    this.#live = tensorsOf(model);
    this.averages = this.#live.map(({ name, value }) => {
      const copy = new Tensor(value.backend, value.shape, { purpose: "averaged weights" });
      value.backend.copy(value, copy);
      return { name, value: copy };
    });
    const largest = this.#live.reduce((size, { value }) => Math.max(size, value.size), 1);
    const { backend } = this.#live[0]!.value;
    this.#scratch = new Tensor(backend, [largest], { purpose: "averaging weights" });
  }

  /**
   * Takes the model's values into the average, if this step is one for it; call it after each step.
   *
   * @throws {RangeError} If the decay of this step is not in `[0, 1]`.
   */
  update(): void {
    if (++this.#steps % this.#every !== 0) return;
    const decay = this.#decay(this.#steps);
    assertDecay(decay, this.#steps);
    this.#live.forEach(({ value }, i) => {
      const { value: average } = this.averages[i]!;
      const { backend } = value;
      const part = this.#part(value);
      backend.binary("multiply", average, decay, average);
      backend.binary("multiply", value, 1 - decay, part);
      backend.binary("add", average, part, average);
      if (this.#lookahead) backend.copy(average, value);
    });
  }

  /** Exchanges the contents of model and average: to evaluate the average, and again to train on. */
  swap(): void {
    this.#live.forEach(({ value }, i) => {
      const { value: average } = this.averages[i]!;
      const part = this.#part(value);
      value.backend.copy(value, part);
      value.backend.copy(average, value);
      value.backend.copy(part, average);
    });
  }

  /**
   * What a checkpoint keeps of it, beside the averages.
   *
   * @returns A new record, plain JSON.
   */
  save(): WeightAverageState {
    return { steps: this.#steps };
  }

  /**
   * Goes on from what {@linkcode WeightAverage.save} returned; the averages are the caller's to set.
   *
   * @param state Such a record.
   * @throws {TypeError} If it is no such record; nothing changes.
   */
  restore(state: WeightAverageState): void {
    if (!Number.isSafeInteger(state?.steps) || state.steps < 0) {
      throw new TypeError(
        `Cannot restore averaged weights as steps must be a whole number: found ${
          JSON.stringify(state)
        }`,
      );
    }
    this.#steps = state.steps;
  }

  /** Gives the averages back. */
  dispose(): void {
    for (const { value } of this.averages) value.dispose();
    this.#scratch.dispose();
  }

  /** As {@linkcode WeightAverage.dispose}, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  /** Scratch memory in the shape of a tensor, one view for each. */
  #part(value: Tensor): Tensor {
    let part = this.#parts.get(value);
    if (part === undefined) {
      part = new Tensor(value.backend, value.shape, { base: this.#scratch });
      this.#parts.set(value, part);
    }
    return part;
  }

  readonly #parts = new Map<Tensor, Tensor>();
}

function assertDecay(decay: number, step: number): void {
  if (!(decay >= 0 && decay <= 1)) {
    throw new RangeError(
      `Cannot average weights as the decay must be in [0, 1]: found ${decay} at step ${step}`,
    );
  }
}
