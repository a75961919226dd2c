import { blendPairs } from "./_blend_pairs.ts";
import { checkMixing } from "./_check_mixing.ts";
import { drawBeta } from "./_draw_beta.ts";
import type { Mixing } from "./mixing.ts";

/** Options of {@linkcode mixup}. */
export interface MixupOptions {
  /** The parameter of Beta(α, α), finite and above 0: the smaller, the less is mixed. */
  readonly alpha: number;
  /** The number of classes. */
  readonly classes: number;
}

/**
 * Blends each image of a batch with another, and their targets alike:
 * `x′[i] = λ x[i] + (1 − λ) x[rows − 1 − i]`, with one λ of Beta(α, α) for the batch.
 *
 * Source: H. Zhang, M. Cisse, Y. Dauphin and D. Lopez-Paz, "mixup: beyond empirical risk
 * minimization" (2018).
 *
 * @param options α and the number of classes.
 * @returns What {@linkcode ImageBatches} takes as `mix`.
 * @throws {RangeError} If α is not finite and above 0, or the classes are not a whole number above 0.
 *
 * @example
 * ```ts
 * import { drawnShapes, ImageBatches, mixup } from "@gradus/data";
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 *
 * const batches = new ImageBatches(drawnShapes({ rows: 40, seed: 0 }), {
 *   size: 20,
 *   seed: 0,
 *   statistics: { mean: [0.5, 0.5, 0.5], deviation: [0.25, 0.25, 0.25] },
 *   mix: mixup({ alpha: 0.2, classes: 10 }),
 * });
 * const [{ y }] = batches.epoch(0);
 * assertEquals(y.shape, [20, 10]);
 * assertAlmostEquals([...y.data.subarray(0, 10)].reduce((sum, share) => sum + share), 1, 1e-6);
 * ```
 */
export function mixup(options: MixupOptions): Mixing {
  const { alpha, classes } = options;
  checkMixing("mix images up", options);
  return {
    classes,
    mix: ({ x, y }, random) => {
      const share = drawBeta(alpha, random);
      blendPairs(x, share);
      blendPairs(y, share);
    },
  };
}
