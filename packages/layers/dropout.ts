import type { BatchBuffer, Shape, Tensor } from "@gradus/tensor";
import { activations } from "./_activations.ts";
import { ForwardPass } from "./forward_pass.ts";
import type { BackwardOptions, InitContext, Layer, Mode, Parameter, State } from "./layer.ts";

/** A {@linkcode Dropout} layer as JSON. */
export interface DropoutRecord {
  /** Which layer. */
  readonly type: "dropout";
  /** Share of numbers that become 0. */
  readonly rate: number;
}

/**
 * Drops numbers at random, `yᵢ = 0` with probability `rate`, else `xᵢ / (1 − rate)`, in train mode; in
 * eval mode `y = x`.
 *
 * Inputs and outputs have any shape `[batch, …]`. Which numbers are dropped is a function of the layer's
 * key, of how many train-mode forwards came before, and of the number's place: the same on every backend.
 *
 * Source: Srivastava et al., Dropout, JMLR 15, 2014, in the form that scales while training.
 *
 * @example
 * ```ts
 * import { Dropout } from "@gradus/layers";
 * import { random } from "@gradus/random";
 * import { full } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assert, assertStrictEquals } from "@std/assert";
 *
 * const backend = reference();
 * const dropout = new Dropout(0.5);
 * dropout.init([100], { backend, random: random(0) });
 * const x = full(backend, [1, 100], { value: 1 });
 * const y = await dropout.forward(x).data();
 * assert(y.every((value) => value === 0 || value === 2));
 * assertStrictEquals(dropout.forward(x, "eval"), x);
 * ```
 */
export class Dropout implements Layer {
  readonly #rate: number;
  readonly #pass = new ForwardPass("dropout");
  readonly #key = { name: "key", value: 0 };
  readonly #step = { name: "step", value: 0 };
  // The mask of the forward that backward belongs to.
  #mask = { rate: 0, key: 0, step: 0 };
  #y!: BatchBuffer;
  #dx!: BatchBuffer;
  /** None. */
  readonly parameters: readonly Parameter[] = [];
  /** `key` and `step`, numbers: what the next mask depends on. */
  readonly state: readonly State[] = [this.#key, this.#step];

  /**
   * A layer before `init`.
   *
   * @param rate Share of numbers that become 0, in `[0, 1)`.
   * @throws {RangeError} If the rate is not in `[0, 1)`.
   */
  constructor(rate: number) {
    if (!(rate >= 0 && rate < 1)) {
      throw new RangeError(`Cannot make dropout as the rate must be in [0, 1): found ${rate}`);
    }
    this.#rate = rate;
  }

  /** As {@linkcode Layer.init}: any shape. */
  init(inputShape: Shape, { backend, random }: InitContext): Shape {
    this.#pass.init(inputShape, backend);
    this.#key.value = random.bits();
    this.#y = activations(backend, "the output of dropout");
    this.#dx = activations(backend, "the input gradient of dropout");
    return inputShape;
  }

  /** `yᵢ = maskᵢ · xᵢ / (1 − rate)` in train mode, `y = x` in eval mode. */
  forward(x: Tensor, mode: Mode = "train"): Tensor {
    this.#pass.start(x);
    if (mode === "eval") return this.#pass.keep(x, x, mode);
    this.#mask = { rate: this.#rate, key: this.#key.value, step: this.#step.value };
    this.#step.value = (this.#step.value + 1) >>> 0;
    const y = this.#y.take(x.shape);
    x.backend.dropout(x, this.#mask, y);
    return this.#pass.keep(x, y, mode);
  }

  /** Returns ∂L/∂x. */
  backward(dy: Tensor, options: BackwardOptions = {}): Tensor | null {
    const { x } = this.#pass.take(dy);
    if (options.inputGradient === false) return null;
    // ∂L/∂xᵢ = maskᵢ · ∂L/∂yᵢ / (1 − rate), with the mask of the forward
    const dx = this.#dx.take(x.shape);
    x.backend.dropout(dy, this.#mask, dx);
    return dx;
  }

  /** The settings. */
  toJSON(): DropoutRecord {
    return { type: "dropout", rate: this.#rate };
  }
}
