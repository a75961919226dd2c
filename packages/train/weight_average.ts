import type { Layer } from "@gradus/layers";
import { Tensor } from "@gradus/tensor";
import { tensorsOf } from "./_named_state.ts";
import type { NamedTensor } from "./named_tensor.ts";

/**
 * A share of the old average that grows with the steps, `limit · min(1, step / steps)^power`: early weights,
 * far from where training goes, are soon forgotten.
 */
export interface DecayRamp {
  /** The share in the end, in `[0, 1]`. */
  readonly limit: number;
  /** Steps until then, a whole number of at least 1. */
  readonly steps: number;
  /** The exponent, at least 0; 0 is a constant share. */
  readonly power: number;
}

/** Settings of a {@linkcode WeightAverage}. */
export interface WeightAverageOptions {
  /**
   * Share of the old average that stays at an update, in `[0, 1]`: a number, a ramp, or a function of how
   * many steps there were, this one included.
   */
  readonly decay: number | DecayRamp | ((step: number) => number);
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
 * A moving average of a model's parameters and states, `a ← a + (1 − decay) · (w − a)`.
 *
 * It starts at the model's values when it is made; where they do not change, neither does it, not even by
 * rounding. States that are whole numbers are no part of it. Tensors keep their identity: contents are
 * swapped.
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
  // One view of the scratch memory for each tensor, in its shape.
  readonly #parts: readonly Tensor[];
  #steps = 0;
  #isSwapped = false;

  /**
   * An average that equals the model.
   *
   * @param model The model, initialised.
   * @param options Decay, interval, and whether the model follows.
   * @throws {RangeError} If a decay is not in `[0, 1]`, a ramp is none, or the interval is not a whole number
   * of at least 1.
   * @throws {Error} If the model has no tensors, as before `init`.
   */
  constructor(model: Layer, options: WeightAverageOptions) {
    const { decay, every = 1, lookahead = false } = options;
    if (!Number.isInteger(every) || every < 1) {
      throw new RangeError(
        `Cannot average weights as every must be a whole number of at least 1: found ${every}`,
      );
    }
    this.#decay = decayOf(decay);
    this.#every = every;
    this.#lookahead = lookahead;
    this.#live = tensorsOf(model).filter(({ value }) => value.dtype !== "int32");
    const largest = this.#live.toSorted((a, b) => b.value.size - a.value.size)[0]?.value;
    if (largest === undefined) {
      throw new Error("Cannot average weights as the model must have some: found none");
    }
    this.#scratch = new Tensor(largest.backend, largest.shape, { purpose: "averaging weights" });
    this.#parts = this.#live.map(({ value }) =>
      new Tensor(value.backend, value.shape, { base: this.#scratch })
    );
    this.averages = this.#live.map(({ name, value }) => {
      const copy = new Tensor(value.backend, value.shape, { purpose: `the average of ${name}` });
      value.backend.copy(value, copy);
      return { name, value: copy };
    });
  }

  /**
   * Takes the model's values into the average, if this step is one for it; call it after each step.
   *
   * @throws {RangeError} If the decay of this step is not in `[0, 1]`; nothing changes.
   * @throws {Error} If the contents are swapped.
   */
  update(): void {
    this.#assertOwn("average weights");
    const step = this.#steps + 1;
    if (step % this.#every === 0) {
      const decay = this.#decay(step);
      assertDecay(decay, step);
      this.#live.forEach(({ value }, i) => {
        const [average, part] = [this.averages[i]!.value, this.#parts[i]!];
        const { backend } = value;
        backend.binary("subtract", value, average, part);
        backend.binary("multiply", part, 1 - decay, part);
        backend.binary("add", average, part, average);
        if (this.#lookahead) backend.copy(average, value);
      });
    }
    this.#steps = step;
  }

  /** Exchanges the contents of model and average: to evaluate the average, and again to train on. */
  swap(): void {
    this.#live.forEach(({ value }, i) => {
      const [average, part] = [this.averages[i]!.value, this.#parts[i]!];
      const { backend } = value;
      backend.copy(value, part);
      backend.copy(average, value);
      backend.copy(part, average);
    });
    this.#isSwapped = !this.#isSwapped;
  }

  /**
   * Sets the model to the average, where a training ends.
   *
   * @throws {Error} If the contents are swapped.
   */
  apply(): void {
    this.#assertOwn("apply averaged weights");
    this.#live.forEach(({ value }, i) => value.backend.copy(this.averages[i]!.value, value));
  }

  /**
   * What a checkpoint keeps of it, beside the averages.
   *
   * @returns A new record, plain JSON.
   * @throws {Error} If the contents are swapped.
   */
  save(): WeightAverageState {
    this.#assertOwn("save averaged weights");
    return { steps: this.#steps };
  }

  /**
   * Goes on from what {@linkcode WeightAverage.save} returned; the averages are the caller's to set.
   *
   * @param state Such a record.
   * @throws {TypeError} If it is no such record; nothing changes.
   * @throws {Error} If the contents are swapped.
   */
  restore(state: WeightAverageState): void {
    this.#assertOwn("restore averaged weights");
    if (!Number.isSafeInteger(state?.steps) || state.steps < 0) {
      throw new TypeError(
        `Cannot restore averaged weights as steps must be a whole number of at least 0: found ${
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

  #assertOwn(verb: string): void {
    if (!this.#isSwapped) return;
    throw new Error(`Cannot ${verb} as the model must hold its own: found them swapped`);
  }
}

function decayOf(decay: WeightAverageOptions["decay"]): (step: number) => number {
  if (typeof decay === "function") return decay;
  if (typeof decay === "number") {
    assertDecay(decay, 0);
    return () => decay;
  }
  const { limit, steps, power } = decay;
  assertDecay(limit, 0);
  if (!Number.isInteger(steps) || steps < 1 || !(power >= 0 && power < Infinity)) {
    throw new RangeError(
      `Cannot average weights as a ramp must have steps of at least 1 and a power of at least 0: found ${steps} and ${power}`,
    );
  }
  return (step) => limit * Math.min(1, step / steps) ** power;
}

function assertDecay(decay: number, step: number): void {
  if (!(decay >= 0 && decay <= 1)) {
    throw new RangeError(
      `Cannot average weights as the decay must be in [0, 1]: found ${decay} at step ${step}`,
    );
  }
}
