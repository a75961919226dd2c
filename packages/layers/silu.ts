import type { BatchBuffer, Shape, Tensor } from "@gradus/tensor";
import { activations } from "./_activations.ts";
import { ForwardPass } from "./forward_pass.ts";
import type { BackwardOptions, InitContext, Layer, Mode, Parameter, State } from "./layer.ts";

/** A {@linkcode Silu} layer as JSON. */
export interface SiluRecord {
  /** Which layer. */
  readonly type: "silu";
}

/**
 * Number by number, `y = x · σ(x)`.
 *
 * Inputs and outputs have any shape `[batch, …]`. `x` and `y` are kept for backward.
 *
 * Source: Elfwing, Uchibe and Doya, Sigmoid-weighted linear units, 2017.
 *
 * @example
 * ```ts
 * import { Silu } from "@gradus/layers";
 * import { random } from "@gradus/random";
 * import { full, tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const backend = reference();
 * const layer = new Silu();
 * layer.init([1], { backend, random: random(0) });
 * const y = layer.forward(tensor(backend, [[0]]));
 * assertEquals(await y.data(), new Float32Array([0]));
 * const dx = layer.backward(full(backend, [1, 1], { value: 1 }));
 * assertEquals(await dx!.data(), new Float32Array([0.5]));
 * ```
 */
export class Silu implements Layer {
  readonly #pass = new ForwardPass("silu");
  #y!: BatchBuffer;
  #dx!: BatchBuffer;
  /** None. */
  readonly parameters: readonly Parameter[] = [];
  /** None. */
  readonly state: readonly State[] = [];

  /** As {@linkcode Layer.init}: any shape. */
  init(inputShape: Shape, { backend }: InitContext): Shape {
    this.#pass.init(inputShape, backend);
    this.#y = activations(backend, "the output of silu");
    this.#dx = activations(backend, "the input gradient of silu");
    return inputShape;
  }

  /** `y = x · σ(x)`. */
  forward(x: Tensor, mode: Mode = "train"): Tensor {
    this.#pass.start(x);
    const y = this.#y.take(x.shape);
    x.backend.unary("silu", x, y);
    return this.#pass.keep(x, y, mode);
  }

  /** Returns ∂L/∂x. */
  backward(dy: Tensor, options: BackwardOptions = {}): Tensor | null {
    const { x, y } = this.#pass.take(dy);
    if (options.inputGradient === false) return null;
    // ∂L/∂x = ∂L/∂y · σ(x) · (1 + x · (1 − σ(x)))
    const dx = this.#dx.take(x.shape);
    x.backend.unaryGradient("silu", { x, y, dy }, dx);
    return dx;
  }

  /** The settings. */
  toJSON(): SiluRecord {
    return { type: "silu" };
  }
}
