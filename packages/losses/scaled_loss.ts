import { multiply, type Shape, type Tensor } from "@gradus/tensor";
import type { Loss, LossTarget } from "./loss.ts";

/**
 * A loss whose gradient is multiplied by a number, so that small gradients stay above the smallest number that
 * activations are kept in, which for float16 is 2⁻²⁴. The optimizer divides by the same `lossScale`.
 *
 * The cost is not scaled: it is for people. A scale that is a power of two rounds nothing. With one that is too
 * large, gradients become infinite, and the optimizer stops before it learns from them.
 *
 * Source: Micikevicius et al., Mixed Precision Training, 2018, §3.2.
 *
 * @example
 * ```ts
 * import { MeanSquaredError, ScaledLoss } from "@gradus/losses";
 * import { tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const backend = reference();
 * const loss = new ScaledLoss(new MeanSquaredError(), 1024);
 * const cost = loss.forward(tensor(backend, [[2]]), tensor(backend, [[5]]));
 * assertEquals(await cost.item(), 9);
 * assertEquals(await loss.backward().item(), 1024 * 2 * (2 - 5));
 * ```
 */
export class ScaledLoss implements Loss {
  readonly #loss: Loss;
  readonly #scale: number;

  /**
   * A loss around another one.
   *
   * @param loss What gives cost and gradient.
   * @param scale A finite number above 0, best a power of two.
   * @throws {RangeError} If the scale is none.
   */
  constructor(loss: Loss, scale: number) {
    if (!(scale > 0 && scale < Infinity)) {
      throw new RangeError(
        `Cannot scale a loss as the factor must be a finite number above 0: found ${scale}`,
      );
    }
    this.#loss = loss;
    this.#scale = scale;
  }

  /** As {@linkcode Loss.forward}, of the loss that is scaled. */
  forward(prediction: Tensor, target: Tensor): Tensor {
    return this.#loss.forward(prediction, target);
  }

  /**
   * The gradient of the last forward: `scale · ∂L/∂prediction`.
   *
   * @returns The shape of the prediction, valid until forward runs again.
   * @throws {Error} If forward did not run since the last backward.
   */
  backward(): Tensor {
    const gradient = this.#loss.backward();
    return multiply(gradient, this.#scale, { out: gradient });
  }

  /** As {@linkcode Loss.checkTarget}, of the loss that is scaled. */
  checkTarget(target: LossTarget, outputShape: Shape): void {
    this.#loss.checkTarget(target, outputShape);
  }
}
