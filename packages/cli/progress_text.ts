import type { ClassifierProgress } from "./train_classifier.ts";

/**
 * How far a training is, for the text behind the bar of a progress line: epoch, means so far, images per
 * second and time left, short enough for 80 columns.
 *
 * @param progress How far it is.
 * @returns A line of text.
 *
 * @example
 * ```ts
 * import { progressText } from "@gradus/cli";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(
 *   progressText({
 *     ...{ epoch: 1, epochs: 8, share: 0.2, loss: 1.2345, accuracy: 0.5 },
 *     ...{ imagesPerSecond: 2000.4, leftMs: 65_000 },
 *   }),
 *   "epoch 2/8  loss 1.234  accuracy 50.0 %  2000/s  65 s left",
 * );
 * ```
 */
export function progressText(progress: ClassifierProgress): string {
  const { epoch, epochs, loss, accuracy, imagesPerSecond, leftMs } = progress;
  return [
    `epoch ${epoch + 1}/${epochs}`,
    `loss ${loss.toFixed(3)}`,
    ...accuracy === null ? [] : [`accuracy ${(100 * accuracy).toFixed(1)} %`],
    `${imagesPerSecond.toFixed(0)}/s`,
    `${(leftMs / 1000).toFixed(0)} s left`,
  ].join("  ");
}
