import type { BatchBuffer, Shape, Tensor } from "@gradus/tensor";
import { activations } from "./_activations.ts";
import { ForwardPass } from "./forward_pass.ts";
import type { BackwardOptions, InitContext, Layer, Mode, Parameter, State } from "./layer.ts";

/** Settings of a {@linkcode LeakyRelu} layer. */
export interface LeakyReluOptions {
  /** Slope below 0. Default: 0.01. */
  readonly alpha?: number;
}

/** A {@linkcode LeakyRelu} layer as JSON. */
export interface LeakyReluRecord {
  /** Which layer. */
  readonly type: "leakyRelu";
  /** Slope below 0. */
  readonly alpha: number;
}

/**
 * Number by number, `y = x where x > 0, else alpha · x`.
 *
 * Inputs and outputs have any shape `[batch, …]`. `x` and `y` are kept for backward.
 *
 * Source: Maas, Hannun and Ng, Rectifier nonlinearities improve neural network acoustic models, 2013.
 *
 * @example
 * ```ts
 * import { LeakyRelu } from "@gradus/layers";
 * import { random } from "@gradus/random";
 * import { full, tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const backend = reference();
 * const layer = new LeakyRelu({ alpha: 0.5 });
 * layer.init([2], { backend, random: random(0) });
 * const y = layer.forward(tensor(backend, [[3, -2]]));
 * assertEquals(await y.data(), new Float32Array([3, -1]));
 * const dx = layer.backward(full(backend, [1, 2], { value: 1 }));
 * assertEquals(await dx!.data(), new Float32Array([1, 0.5]));
 * ```
 */
export class LeakyRelu implements Layer {
  readonly #alpha: number;
  readonly #pass = new ForwardPass("leaky relu");
  #y!: BatchBuffer;
  #dx!: BatchBuffer;
  /** None. */
  readonly parameters: readonly Parameter[] = [];
  /** None. */
  readonly state: readonly State[] = [];

  /**
   * A layer before `init`.
   *
   * @param options The slope below 0.
   * @throws {RangeError} If alpha is not finite.
   */
  constructor(options: LeakyReluOptions = {}) {
    const { alpha = 0.01 } = options;
    if (!Number.isFinite(alpha)) {
      throw new RangeError(`Cannot make leaky relu as alpha must be finite: found ${alpha}`);
    }
    this.#alpha = alpha;
  }

  /** As {@linkcode Layer.init}: any shape. */
  init(inputShape: Shape, { backend }: InitContext): Shape {
    this.#pass.init(inputShape, backend);
    this.#y = activations(backend, "the output of leaky relu");
    this.#dx = activations(backend, "the input gradient of leaky relu");
    return inputShape;
  }

  /** `y = x where x > 0, else alpha · x`. */
  forward(x: Tensor, mode: Mode = "train"): Tensor {
    this.#pass.start(x);
    const y = this.#y.take(x.shape);
    x.backend.unary("leakyRelu", x, y, this.#alpha);
    return this.#pass.keep(x, y, mode);
  }

  /** Returns ∂L/∂x. */
  backward(dy: Tensor, options: BackwardOptions = {}): Tensor | null {
    const { x, y } = this.#pass.take(dy);
    if (options.inputGradient === false) return null;
    // ∂L/∂x = ∂L/∂y where x > 0, else alpha · ∂L/∂y
    const dx = this.#dx.take(x.shape);
    x.backend.unaryGradient("leakyRelu", { x, y, dy }, dx, this.#alpha);
    return dx;
  }

  /** The settings. */
  toJSON(): LeakyReluRecord {
    return { type: "leakyRelu", alpha: this.#alpha };
  }
}
