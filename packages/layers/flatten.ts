import { type Shape, sizeOf, type Tensor } from "@gradus/tensor";
import { ForwardPass } from "./forward_pass.ts";
import type { BackwardOptions, InitContext, Layer, Mode, Parameter, State } from "./layer.ts";

/** A {@linkcode Flatten} layer as JSON. */
export interface FlattenRecord {
  /** Which layer. */
  readonly type: "flatten";
}

/**
 * Lays each input out as one row, `[batch, …]` → `[batch, Π …]`, in row-major order.
 *
 * No number moves: the output is a view of the input, the input gradient a view of the gradient.
 *
 * @example
 * ```ts
 * import { Flatten } from "@gradus/layers";
 * import { random } from "@gradus/random";
 * import { zeros } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const backend = reference();
 * const flatten = new Flatten();
 * assertEquals(flatten.init([28, 28, 1], { backend, random: random(0) }), [784]);
 * assertEquals(flatten.forward(zeros(backend, [5, 28, 28, 1])).shape, [5, 784]);
 * assertEquals(flatten.backward(zeros(backend, [5, 784]))!.shape, [5, 28, 28, 1]);
 * ```
 */
export class Flatten implements Layer {
  readonly #pass = new ForwardPass("flatten");
  // A layer below hands over the same tensor at each step, so its view is made once.
  readonly #views = new WeakMap<Tensor, Tensor>();
  #length = 0;
  /** None. */
  readonly parameters: readonly Parameter[] = [];
  /** None. */
  readonly state: readonly State[] = [];

  /** As {@linkcode Layer.init}: any shape. */
  init(inputShape: Shape, { backend }: InitContext): Shape {
    this.#pass.init(inputShape, backend);
    this.#length = sizeOf(inputShape);
    return [this.#length];
  }

  /** `y = x`, each input in one row. */
  forward(x: Tensor, mode: Mode = "train"): Tensor {
    const batch = this.#pass.start(x);
    return this.#pass.keep(x, this.#view(x, [batch, this.#length]), mode);
  }

  /** Returns ∂L/∂x. */
  backward(dy: Tensor, options: BackwardOptions = {}): Tensor | null {
    const { x } = this.#pass.take(dy);
    // ∂L/∂x = ∂L/∂y, in the shape of x
    return options.inputGradient === false ? null : this.#view(dy, x.shape);
  }

  /** The settings. */
  toJSON(): FlattenRecord {
    return { type: "flatten" };
  }

  #view(tensor: Tensor, shape: Shape): Tensor {
    let view = this.#views.get(tensor);
    if (view === undefined) {
      view = tensor.reshape(shape);
      this.#views.set(tensor, view);
    }
    return view;
  }
}
