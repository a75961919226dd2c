import {
  assertShape,
  type Backend,
  equalShapes,
  formatShape,
  type Shape,
  ShapeError,
  type Tensor,
} from "@gradus/tensor";
import type { Mode } from "./layer.ts";

/**
 * What a layer remembers from forward to backward, and the checks of a layer's calls: in what order they
 * come and in what shapes.
 *
 * @example A layer that multiplies by two
 * ```ts
 * import { ForwardPass } from "@gradus/layers";
 * import { multiply, tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const pass = new ForwardPass("double");
 * pass.init([1]);
 * const x = tensor(reference(), [[3]]);
 * pass.start(x);
 * pass.keep(x, multiply(x, 2), "train");
 * assertEquals(pass.take(tensor(x.backend, [[1]])).x, x);
 * assertThrows(() => pass.take(x), Error, "found no forward since the last backward");
 * ```
 */
export class ForwardPass {
  readonly #layer: string;
  #inputShape: Shape | null = null;
  #backend: Backend | null = null;
  #kept: { readonly x: Tensor; readonly y: Tensor } | null = null;
  #lastMode: Mode | null = null;

  /**
   * A layer's memory, before `init`.
   *
   * @param layer The layer's name, for messages.
   */
  constructor(layer: string) {
    this.#layer = layer;
  }

  /**
   * Notes the shape of one input, and where the layer lives.
   *
   * @param inputShape Lengths without the batch.
   * @param backend Where inputs must be; any backend unless given, for layers that have no memory.
   * @throws {Error} If the layer is initialised already: a second `init` would forget what was learned.
   * @throws {ShapeError} If a length is not a whole number of at least 1.
   */
  init(inputShape: Shape, backend: Backend | null = null): void {
    if (this.#inputShape !== null) {
      throw new Error(
        `Cannot initialise ${this.#layer} as a layer must be initialised once: it is, for inputs of ${
          formatShape(this.#inputShape)
        }`,
      );
    }
    assertShape(inputShape);
    this.#inputShape = [...inputShape];
    this.#backend = backend;
  }

  /**
   * Checks the input of a forward.
   *
   * @param x `[batch, …inputShape]`.
   * @returns The batch, the number of rows.
   * @throws {Error} If the layer is not initialised.
   * @throws {ShapeError} If `x` has another shape, or is not of the backend's float type.
   * @throws {TypeError} If `x` is on another backend than the layer.
   */
  start(x: Tensor): number {
    const inputShape = this.#inputShape;
    if (inputShape === null) {
      throw new Error(
        `Cannot run ${this.#layer} forward as it must be initialised: call init first`,
      );
    }
    if (this.#backend !== null && x.backend !== this.#backend) {
      throw new TypeError(
        `Cannot run ${this.#layer} forward as inputs must be on the layer's backend: found a tensor on another one, ${x.backend.name}`,
      );
    }
    if (x.dtype !== x.backend.float || !fits(x.shape, inputShape)) {
      throw new ShapeError(
        `Cannot run ${this.#layer} forward as inputs must be ${x.backend.float} [batch${
          inputShape.map((length) => `, ${length}`).join("")
        }]: found ${x.dtype} ${formatShape(x.shape)}`,
      );
    }
    this.#kept = null;
    return x.shape[0]!;
  }

  /**
   * Keeps a forward's input and output for backward, in train mode.
   *
   * @param x The input.
   * @param y The output.
   * @param mode The mode of this forward.
   * @returns The output.
   */
  keep(x: Tensor, y: Tensor, mode: Mode): Tensor {
    this.#kept = mode === "train" ? { x, y } : null;
    this.#lastMode = mode;
    return y;
  }

  /**
   * Hands over what was kept, once.
   *
   * @param dy ∂L/∂y, of the output's shape.
   * @returns Input and output of the forward.
   * @throws {Error} If there was no forward in train mode since the last backward.
   * @throws {ShapeError} If `dy` has another shape or dtype than the output.
   * @throws {TypeError} If `dy` is on another backend than the input.
   */
  take(dy: Tensor): { readonly x: Tensor; readonly y: Tensor } {
    const kept = this.#kept;
    if (kept === null) {
      throw new Error(
        `Cannot run ${this.#layer} backward as a forward in train mode must come first: found ${
          this.#lastMode === "eval"
            ? "a forward in eval mode"
            : "no forward since the last backward"
        }`,
      );
    }
    if (!equalShapes(dy.shape, kept.y.shape)) {
      throw new ShapeError(
        `Cannot run ${this.#layer} backward as the gradient must have the output's shape ${
          formatShape(kept.y.shape)
        }: found ${formatShape(dy.shape)}`,
      );
    }
    if (dy.dtype !== kept.y.dtype) {
      throw new ShapeError(
        `Cannot run ${this.#layer} backward as the gradient must be ${kept.y.dtype}, as the output: found ${dy.dtype}`,
      );
    }
    if (dy.backend !== kept.x.backend) {
      throw new TypeError(
        `Cannot run ${this.#layer} backward as the gradient must be on the input's backend: found a tensor on another one, ${dy.backend.name}`,
      );
    }
    this.#kept = null;
    return kept;
  }
}

/** Whether a shape is a batch of the inner shape, without making a new array. */
function fits(shape: Shape, inner: Shape): boolean {
  if (shape.length !== inner.length + 1) return false;
  for (let axis = 0; axis < inner.length; axis++) {
    if (shape[axis + 1] !== inner[axis]) return false;
  }
  return true;
}
