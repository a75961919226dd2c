import type { BatchBuffer, Shape, Tensor } from "@gradus/tensor";
import { activations } from "./_activations.ts";
import { ForwardPass } from "./forward_pass.ts";
import type { BackwardOptions, InitContext, Layer, Mode, Parameter, State } from "./layer.ts";

/** Settings of an {@linkcode Elu} layer. */
export interface EluOptions {
  /** The negative of what outputs tend to. Default: 1. */
  readonly alpha?: number;
}

/** An {@linkcode Elu} layer as JSON. */
export interface EluRecord {
  /** Which layer. */
  readonly type: "elu";
  /** The negative of what outputs tend to. */
  readonly alpha: number;
}

/**
 * Number by number, `y = x where x > 0, else alpha · (eˣ − 1)`.
 *
 * Inputs and outputs have any shape `[batch, …]`. `x` and `y` are kept for backward.
 *
 * Source: Clevert, Unterthiner and Hochreiter, Fast and accurate deep network learning by exponential linear units, ICLR 2016.
 *
 * @example
 * ```ts
 * import { Elu } from "@gradus/layers";
 * import { random } from "@gradus/random";
 * import { full, tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const backend = reference();
 * const layer = new Elu({ alpha: 0.5 });
 * layer.init([2], { backend, random: random(0) });
 * const y = layer.forward(tensor(backend, [[3, 0]]));
 * assertEquals(await y.data(), new Float32Array([3, 0]));
 * const dx = layer.backward(full(backend, [1, 2], { value: 1 }));
 * assertEquals(await dx!.data(), new Float32Array([1, 0.5]));
 * ```
 */
export class Elu implements Layer {
  readonly #alpha: number;
  readonly #pass = new ForwardPass("elu");
  #y!: BatchBuffer;
  #dx!: BatchBuffer;
  /** None. */
  readonly parameters: readonly Parameter[] = [];
  /** None. */
  readonly state: readonly State[] = [];

  /**
   * A layer before `init`.
   *
   * @param options The bound below.
   * @throws {RangeError} If alpha is not finite and at least 0.
   */
  constructor(options: EluOptions = {}) {
    const { alpha = 1 } = options;
    if (!Number.isFinite(alpha) || alpha < 0) {
      throw new RangeError(
        `Cannot make elu as alpha must be finite and at least 0: found ${alpha}`,
      );
    }
    this.#alpha = alpha;
  }

  /** As {@linkcode Layer.init}: any shape. */
  init(inputShape: Shape, { backend }: InitContext): Shape {
    this.#pass.init(inputShape, backend);
    this.#y = activations(backend, "the output of elu");
    this.#dx = activations(backend, "the input gradient of elu");
    return inputShape;
  }

  /** `y = x where x > 0, else alpha · (eˣ − 1)`. */
  forward(x: Tensor, mode: Mode = "train"): Tensor {
    this.#pass.start(x);
    const y = this.#y.take(x.shape);
    x.backend.unary("elu", x, y, this.#alpha);
    return this.#pass.keep(x, y, mode);
  }

  /** Returns ∂L/∂x. */
  backward(dy: Tensor, options: BackwardOptions = {}): Tensor | null {
    const { x, y } = this.#pass.take(dy);
    if (options.inputGradient === false) return null;
    // ∂L/∂x = ∂L/∂y where x > 0, else ∂L/∂y · (y + alpha)
    const dx = this.#dx.take(x.shape);
    x.backend.unaryGradient("elu", { x, y, dy }, dx, this.#alpha);
    return dx;
  }

  /** The settings. */
  toJSON(): EluRecord {
    return { type: "elu", alpha: this.#alpha };
  }
}
