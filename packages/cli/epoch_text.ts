import type { EpochEntry, Means } from "@gradus/train";

/**
 * What an epoch came to, for a line of its own.
 *
 * @param entry The epoch.
 * @returns A line of text.
 *
 * @example
 * ```ts
 * import { epochText } from "@gradus/cli";
 * import { assertEquals } from "@std/assert";
 *
 * const training = { loss: 1.2345, accuracy: 0.5, rows: 10 };
 * const validation = { loss: 1.5, accuracy: 0.4, rows: 5 };
 * assertEquals(
 *   epochText({ epoch: 0, training, validation, learningRate: 0.1, durationMs: 2340 }),
 *   "epoch   1  training loss 1.234  accuracy 50.00 %  validation loss 1.500  accuracy 40.00 %  2.3 s",
 * );
 * ```
 */
export function epochText(entry: EpochEntry): string {
  const { epoch, training, validation, durationMs } = entry;
  return [
    `epoch ${`${epoch + 1}`.padStart(3)}`,
    ...meansText("training", training),
    ...validation === undefined ? [] : meansText("validation", validation),
    `${(durationMs / 1000).toFixed(1)} s`,
  ].join("  ");
}

function meansText(of: string, { loss, accuracy }: Means): string[] {
  const text = `${of} loss ${loss.toFixed(3)}`;
  return accuracy === null ? [text] : [text, `accuracy ${(100 * accuracy).toFixed(2)} %`];
}
