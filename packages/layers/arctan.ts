import type { BatchBuffer, Shape, Tensor } from "@gradus/tensor";
import { activations } from "./_activations.ts";
import { ForwardPass } from "./forward_pass.ts";
import type { BackwardOptions, InitContext, Layer, Mode, Parameter, State } from "./layer.ts";

/** An {@linkcode Arctan} layer as JSON. */
export interface ArctanRecord {
  /** Which layer. */
  readonly type: "arctan";
}

/**
 * Number by number, `y = arctan x`.
 *
 * Inputs and outputs have any shape `[batch, …]`. `x` and `y` are kept for backward.
 *
 * @example
 * ```ts
 * import { Arctan } from "@gradus/layers";
 * import { random } from "@gradus/random";
 * import { full, tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const backend = reference();
 * const layer = new Arctan();
 * layer.init([1], { backend, random: random(0) });
 * const y = layer.forward(tensor(backend, [[0]]));
 * assertEquals(await y.data(), new Float32Array([0]));
 * const dx = layer.backward(full(backend, [1, 1], { value: 1 }));
 * assertEquals(await dx!.data(), new Float32Array([1]));
 * ```
 */
export class Arctan implements Layer {
  readonly #pass = new ForwardPass("arctan");
  #y!: BatchBuffer;
  #dx!: BatchBuffer;
  /** None. */
  readonly parameters: readonly Parameter[] = [];
  /** None. */
  readonly state: readonly State[] = [];

  /** As {@linkcode Layer.init}: any shape. */
  init(inputShape: Shape, { backend }: InitContext): Shape {
    this.#pass.init(inputShape, backend);
    this.#y = activations(backend, "the output of arctan");
    this.#dx = activations(backend, "the input gradient of arctan");
    return inputShape;
  }

  /** `y = arctan x`. */
  forward(x: Tensor, mode: Mode = "train"): Tensor {
    this.#pass.start(x);
    const y = this.#y.take(x.shape);
    x.backend.unary("arctan", x, y);
    return this.#pass.keep(x, y, mode);
  }

  /** Returns ∂L/∂x. */
  backward(dy: Tensor, options: BackwardOptions = {}): Tensor | null {
    const { x, y } = this.#pass.take(dy);
    if (options.inputGradient === false) return null;
    // ∂L/∂x = ∂L/∂y / (1 + x²)
    const dx = this.#dx.take(x.shape);
    x.backend.unaryGradient("arctan", { x, y, dy }, dx);
    return dx;
  }

  /** The settings. */
  toJSON(): ArctanRecord {
    return { type: "arctan" };
  }
}
