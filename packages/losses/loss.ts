import type { NumericArray, Shape, Tensor } from "@gradus/tensor";

/** Targets on the host, before they are uploaded: numbers with a shape, the batch first. */
export interface LossTarget {
  /** The numbers, row-major. */
  readonly data: NumericArray | Uint8Array;
  /** `[n]` for labels, otherwise `[n, …]`. */
  readonly shape: Shape;
}

/**
 * What a network is trained to make small: one number for a batch, and its gradient.
 *
 * A loss owns its result and its gradient. Both are allocated at the first batch, and again only
 * when a batch is larger, so that a training step allocates nothing.
 *
 * @example
 * ```ts
 * import { type Loss, MeanAbsoluteError, MeanSquaredError } from "@gradus/losses";
 * import { tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const backend = reference();
 * const y = tensor(backend, [[1], [2]]);
 * const losses: Loss[] = [new MeanSquaredError(), new MeanAbsoluteError()];
 * const costs = losses.map((loss) => loss.forward(y, tensor(backend, [[1], [5]])).item());
 *
 * assertEquals(await Promise.all(costs), [4.5, 1.5]);
 * ```
 */
export interface Loss {
  /**
   * The mean cost of a batch.
   *
   * @param prediction `[n, …]`, what the network made of the batch; kept for backward, not copied.
   * @param target What it should have made, as the loss says; kept for backward, not copied.
   * @returns `[]`, valid until forward runs again.
   * @throws {ShapeError} If shapes or dtypes do not fit the loss.
   * @throws {TypeError} If the two tensors are on two backends.
   */
  forward(prediction: Tensor, target: Tensor): Tensor;
  /**
   * The gradient of the last forward, ∂L/∂prediction.
   *
   * @returns The shape of the prediction, valid until forward runs again.
   * @throws {Error} If forward did not run since the last backward.
   */
  backward(): Tensor;
  /**
   * Refuses targets for which the loss has no meaning. Forward cannot: it does not read numbers
   * back.
   *
   * @param target Targets of any number of rows.
   * @param outputShape Shape of the prediction without the batch: `[classes]` …
   * @throws {ShapeError} If the shape or the type of the numbers does not fit the loss.
   * @throws {RangeError} If a number has no meaning, naming its row.
   */
  checkTarget(target: LossTarget, outputShape: Shape): void;
}
