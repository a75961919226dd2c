/**
 * Measures how the time of a training step grows with the batch: `deno task bench:growth --help`.
 *
 * @module
 */
import { helpText, integerFlag, parseFlags, runProgram, switchFlag, textTable } from "@gradus/cli";
import type { Backend } from "@gradus/tensor";
import { cpu } from "@gradus/tensor/cpu";
import { interleaveAll } from "./interleave.ts";
import { ratiosOf, type Spread, spreadOf } from "./quantile.ts";
import { convolutionalNetwork } from "./workloads/convolutional_network.ts";

/** Images of a batch. */
const BATCHES = [16, 32, 64, 128, 256, 512];

/** What an image costs in a batch of some size. */
export interface BatchCost {
  readonly batch: number;
  /** Milliseconds an image. */
  readonly ms: Spread;
  /** The same beside the mean over all sizes in the same round. */
  readonly share: Spread;
}

/**
 * Times training steps of W4 in batches of each size, in turn: in a round each size trains as many images, so
 * that a machine that is slow for a while is slow for all of them.
 *
 * @param backend Where.
 * @param options Sizes, and how often each is timed.
 * @returns What an image costs, by size.
 */
export async function measureGrowth(
  backend: Backend,
  { batches, rounds }: { readonly batches: readonly number[]; readonly rounds: number },
): Promise<BatchCost[]> {
  const images = Math.max(...batches);
  const contestants = [];
  for (const batch of batches) {
    const { run } = convolutionalNetwork(batch).setup(backend, batch);
    const steps = Math.max(1, Math.round(images / batch));
    const measure = async () => {
      const startMs = performance.now();
      for (let step = 0; step < steps; step++) await run();
      return (performance.now() - startMs) / (steps * batch);
    };
    await measure(); // allocates, and lets the engine compile
    contestants.push({ rounds, measure });
  }
  const measured = await interleaveAll(contestants);
  const means = Array.from(
    { length: rounds },
    (_, round) => measured.reduce((sum, times) => sum + times[round]!, 0) / measured.length,
  );
  return measured.map((times, place) => ({
    batch: batches[place]!,
    ms: spreadOf(times),
    share: spreadOf(ratiosOf(times, means)),
  }));
}

/** A table of the costs, and by how much the dearest image is dearer than the cheapest one. */
export function growthText(costs: readonly BatchCost[]): string {
  const rows = costs.map(({ batch, ms, share }) => [
    `${batch}`,
    ms.median.toFixed(2),
    `${share.median.toFixed(3)} (${share.low.toFixed(3)}–${share.high.toFixed(3)})`,
  ]);
  const table = textTable(["batch", "ms an image", "of the mean"], rows);
  return `${table}\n\nLargest over smallest: ${largestOverSmallest(costs).toFixed(3)}`;
}

/** By how much the dearest image is dearer, by the medians of the shares. */
export function largestOverSmallest(costs: readonly BatchCost[]): number {
  const medians = costs.map(({ share }) => share.median);
  return Math.max(...medians) / Math.min(...medians);
}

const FLAGS = {
  threads: integerFlag({ description: "threads of the cpu backend", fallback: 2, atLeast: 1 }),
  rounds: integerFlag({ description: "how often each size is timed", fallback: 10, atLeast: 1 }),
  json: switchFlag({ description: "print the result as JSON on the last line" }),
  help: switchFlag({ description: "show this help" }),
};

/** The program: see its help. */
async function main(args: readonly string[]): Promise<number> {
  const { threads, rounds, json, help } = parseFlags(args, FLAGS);
  if (help) {
    console.log(helpText(FLAGS, {
      command: "deno task bench:growth",
      purpose: "Measures what an image costs to train on in batches of 16 to 512.",
    }));
    return 0;
  }
  await using backend = await cpu({ threads });
  const costs = await measureGrowth(backend, { batches: BATCHES, rounds });
  console.log(growthText(costs));
  if (json) {
    console.log(
      JSON.stringify({ threads, rounds, costs, largestOverSmallest: largestOverSmallest(costs) }),
    );
  }
  return 0;
}

if (import.meta.main) await runProgram(main);
