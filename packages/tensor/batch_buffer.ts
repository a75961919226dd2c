import type { Backend } from "./backend.ts";
import type { DType } from "./dtype.ts";
import { equalShapes, formatShape, type Shape, sizeOf } from "./shape.ts";
import { Tensor } from "./tensor.ts";

/**
 * Memory for one tensor per batch, allocated at the first batch and again only when a batch is larger,
 * so that a training step allocates nothing.
 *
 * What {@linkcode BatchBuffer.take} returns is valid until it is called again; when a larger batch
 * replaced the memory, older views throw.
 *
 * @example
 * ```ts
 * import { BatchBuffer } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertStrictEquals } from "@std/assert";
 *
 * const buffer = new BatchBuffer(reference(), { purpose: "output of dense" });
 * const y = buffer.take([16, 3]);
 * buffer.take([5, 3]); // the last, shorter batch of an epoch
 * assertStrictEquals(buffer.take([16, 3]), y);
 * ```
 */
export class BatchBuffer implements Disposable {
  readonly #backend: Backend;
  readonly #dtype: DType;
  readonly #purpose: string;
  readonly #isActivation: boolean;
  #whole: Tensor | null = null;
  // One view per shape: an epoch has two, its full batches and the last one.
  readonly #views = new Map<string, Tensor>();
  #last: Tensor | null = null;

  /**
   * An empty buffer; memory comes with the first {@linkcode BatchBuffer.take}.
   *
   * @param backend Where the memory is.
   * @param options The numbers' type (default: the backend's `float`), what an error should name when
   * there is no memory left, and whether they are activations or gradients of them, which a backend may
   * keep in fewer bits.
   */
  constructor(
    backend: Backend,
    options: {
      readonly purpose: string;
      readonly dtype?: DType;
      readonly isActivation?: boolean;
    },
  ) {
    this.#backend = backend;
    this.#dtype = options.dtype ?? backend.float;
    this.#purpose = options.purpose;
    this.#isActivation = options.isActivation ?? false;
  }

  /**
   * A tensor of this shape, with whatever numbers the memory holds.
   *
   * @param shape Its lengths.
   * @returns The same tensor for the same shape, until a larger one was asked for.
   */
  take(shape: Shape): Tensor {
    const last = this.#last;
    if (last !== null && equalShapes(last.shape, shape)) return last;
    const key = formatShape(shape);
    let view = this.#views.get(key);
    if (view === undefined) {
      if (this.#whole === null || this.#whole.size < sizeOf(shape)) {
        this.dispose();
        this.#whole = new Tensor(this.#backend, shape, {
          dtype: this.#dtype,
          purpose: this.#purpose,
          isActivation: this.#isActivation,
        });
      }
      view = new Tensor(this.#backend, shape, { base: this.#whole });
      this.#views.set(key, view);
    }
    this.#last = view;
    return view;
  }

  /** Gives the memory back; the next {@linkcode BatchBuffer.take} allocates anew. */
  dispose(): void {
    this.#whole?.dispose();
    this.#whole = null;
    this.#views.clear();
    this.#last = null;
  }

  /** As {@linkcode BatchBuffer.dispose}, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }
}
