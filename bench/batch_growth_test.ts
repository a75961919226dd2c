import { cpu } from "@gradus/tensor/cpu";
import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { growthText, largestOverSmallest, measureGrowth } from "./batch_growth.ts";

Deno.test("measureGrowth() times steps of each size, beside the mean of their round", async () => {
  await using backend = await cpu({ threads: 1 });
  const costs = await measureGrowth(backend, { batches: [1, 4], rounds: 3 });
  assertEquals(costs.map(({ batch }) => batch), [1, 4]);
  assert(costs.every(({ ms }) => ms.low > 0 && ms.low <= ms.median && ms.median <= ms.high));
  // Of two shares with the mean 1, the medians are as far from it.
  const [first, second] = costs.map(({ share }) => share.median);
  assertAlmostEquals(first! + second!, 2, 1e-3);
});

Deno.test("growthText() tells how far the costs lie apart", () => {
  const costs = [[16, 2, 1.1], [512, 1.5, 0.88]].map(([batch, ms, share]) => ({
    batch: batch!,
    ms: { median: ms!, low: ms!, high: ms! },
    share: { median: share!, low: share! - 0.01, high: share! + 0.01 },
  }));
  assertAlmostEquals(largestOverSmallest(costs), 1.25, 1e-12);
  assertEquals(
    growthText(costs),
    `batch  ms an image          of the mean
-----  -----------  -------------------
   16         2.00  1.100 (1.090–1.110)
  512         1.50  0.880 (0.870–0.890)

Largest over smallest: 1.250`,
  );
});
