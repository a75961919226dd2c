import { quoteText } from "./_quote_text.ts";
import type { Flag } from "./flag.ts";
import { UsageError } from "./usage_error.ts";

/** A part of some work that many machines share. */
export interface Share {
  /** Which one, from 0. */
  readonly index: number;
  /** Of how many. */
  readonly count: number;
}

/**
 * A flag that takes a share, `K/N` with K from 0 to N − 1, as the index of a Kubernetes Job or a Slurm
 * array has it.
 *
 * @param options Help.
 * @returns The flag; null where it is absent, for all of the work.
 *
 * @example
 * ```ts
 * import { shareFlag } from "@gradus/cli";
 * import { assertEquals } from "@std/assert";
 *
 * const trial = shareFlag({ description: "run a share of the trials" });
 * assertEquals(trial.read("3/8", "trial"), { index: 3, count: 8 });
 * ```
 */
export function shareFlag(options: { readonly description: string }): Flag<Share | null> {
  return {
    placeholder: "K/N",
    description: options.description,
    fallback: null,
    read: (text, name) => {
      const [index, count] = /^\d{1,9}\/\d{1,9}$/.test(text)
        ? text.split("/").map(Number) as [number, number]
        : [NaN, NaN];
      if (index < count) return { index, count };
      throw new UsageError(
        `Cannot use --${name} as it must be K/N with whole numbers, K from 0 to N − 1: found ${
          quoteText(text)
        }`,
      );
    },
  };
}

/**
 * What falls to a share: every N-th item, so that neighbours, which often take equally long, are spread.
 *
 * Each item is of one share, whatever N is.
 *
 * @param items All of the work, in the same order everywhere.
 * @param share Which part.
 * @returns The items of the part, in order; none where there are more shares than items.
 *
 * @example
 * ```ts
 * import { takeShare } from "@gradus/cli";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(takeShare(["a", "b", "c", "d", "e"], { index: 1, count: 3 }), ["b", "e"]);
 * ```
 */
export function takeShare<Item>(items: readonly Item[], share: Share): Item[] {
  return items.filter((_, place) => place % share.count === share.index);
}
