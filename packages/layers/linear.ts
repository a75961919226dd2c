import type { Shape, Tensor } from "@gradus/tensor";
import { ForwardPass } from "./forward_pass.ts";
import type { BackwardOptions, InitContext, Layer, Mode, Parameter, State } from "./layer.ts";

/** A {@linkcode Linear} layer as JSON. */
export interface LinearRecord {
  /** Which layer. */
  readonly type: "linear";
}

/**
 * The activation that is none, `y = x`: for networks whose activation is a setting.
 *
 * Inputs and outputs have any shape `[batch, …]`; the output is the input itself.
 *
 * @example
 * ```ts
 * import { Linear } from "@gradus/layers";
 * import { random } from "@gradus/random";
 * import { tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertStrictEquals } from "@std/assert";
 *
 * const backend = reference();
 * const layer = new Linear();
 * layer.init([2], { backend, random: random(0) });
 * const x = tensor(backend, [[3, -2]]);
 * assertStrictEquals(layer.forward(x), x);
 * assertStrictEquals(layer.backward(x), x);
 * ```
 */
export class Linear implements Layer {
  readonly #pass = new ForwardPass("linear");
  /** None. */
  readonly parameters: readonly Parameter[] = [];
  /** None. */
  readonly state: readonly State[] = [];

  /** As {@linkcode Layer.init}: any shape. */
  init(inputShape: Shape, { backend }: InitContext): Shape {
    this.#pass.init(inputShape, backend);
    return inputShape;
  }

  /** `y = x`. */
  forward(x: Tensor, mode: Mode = "train"): Tensor {
    this.#pass.start(x);
    return this.#pass.keep(x, x, mode);
  }

  /** Returns ∂L/∂x. */
  backward(dy: Tensor, options: BackwardOptions = {}): Tensor | null {
    this.#pass.take(dy);
    // ∂L/∂x = ∂L/∂y
    return options.inputGradient === false ? null : dy;
  }

  /** The settings. */
  toJSON(): LinearRecord {
    return { type: "linear" };
  }
}
