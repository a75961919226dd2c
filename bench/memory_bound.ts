/**
 * Measures the kernels that wait for memory beside copies of the same numbers: `deno task bench:memory --help`.
 *
 * @module
 */
import { helpText, integerFlag, parseFlags, runProgram, switchFlag, textTable } from "@gradus/cli";
import type { Backend } from "@gradus/tensor";
import { cpu } from "@gradus/tensor/cpu";
import { interleaveAll } from "./interleave.ts";
import { ratiosOf, type Spread, spreadOf } from "./quantile.ts";
import { kernels } from "./workloads/kernels.ts";
import type { Workload } from "./workloads/workload.ts";

/** The kernels that do next to nothing with what they read; the first is the measure of the others. */
const NAMES = [
  "copy",
  "add",
  "relu",
  "relu gradient",
  "sum of all",
  "sum of columns",
  "sum of 4096 columns",
  "sum of rows",
  "max of rows",
  "sgdStep",
  "adamStep",
];

/** How fast a kernel goes through memory. */
export interface MemorySpeed {
  readonly name: string;
  /** GB/s. */
  readonly speed: Spread;
  /** The same beside the copy in the same round. */
  readonly ofCopy: Spread;
}

/** The workloads of `NAMES`, in their order. */
export function memoryBound(): Workload[] {
  return NAMES.map((name) => kernels.find((kernel) => kernel.name === `kernel ${name}`)!);
}

/**
 * Times workloads in turn in one process, so that a machine that is slow for a while is slow for all of them.
 *
 * @param backend Where.
 * @param options The workloads, a copy first; how much smaller than they are; how often each is timed.
 * @returns What each reaches, in their order.
 */
export async function measureMemory(
  backend: Backend,
  { workloads, share = 1, rounds }: {
    readonly workloads: readonly Workload[];
    readonly share?: number;
    readonly rounds: number;
  },
): Promise<MemorySpeed[]> {
  const contestants = [];
  for (const workload of workloads) {
    const amount = Math.ceil(share * workload.amount);
    const { run } = workload.setup(backend, amount);
    const measure = async () => {
      const startMs = performance.now();
      await run();
      return workload.cost(amount).bytes / 1e6 / (performance.now() - startMs);
    };
    // Starts threads, writes to what no page is behind yet, and lets the engine compile.
    for (let warmUp = 0; warmUp < 3; warmUp++) await measure();
    contestants.push({ rounds, measure });
  }
  const measured = await interleaveAll(contestants);
  return measured.map((speeds, place) => ({
    name: workloads[place]!.name,
    speed: spreadOf(speeds),
    ofCopy: spreadOf(ratiosOf(speeds, measured[0]!)),
  }));
}

/** A table of what was reached. */
export function memoryText(speeds: readonly MemorySpeed[]): string {
  const rows = speeds.map(({ name, speed, ofCopy }) => [
    name.replace("kernel ", ""),
    speed.median.toFixed(1),
    `${ofCopy.median.toFixed(2)} (${ofCopy.low.toFixed(2)}–${ofCopy.high.toFixed(2)})`,
  ]);
  return textTable(["kernel", "GB/s", "of the copy"], rows);
}

const FLAGS = {
  threads: integerFlag({ description: "threads of the cpu backend", fallback: 2, atLeast: 1 }),
  rounds: integerFlag({ description: "how often each is timed", fallback: 40, atLeast: 1 }),
  json: switchFlag({ description: "print the result as JSON on the last line" }),
  help: switchFlag({ description: "show this help" }),
};

/** The program: see its help. */
async function main(args: readonly string[]): Promise<number> {
  const { threads, rounds, json, help } = parseFlags(args, FLAGS);
  if (help) {
    console.log(helpText(FLAGS, {
      command: "deno task bench:memory",
      purpose:
        "Measures kernels that wait for memory beside copies of as many numbers, 16 million each.",
    }));
    return 0;
  }
  await using backend = await cpu({ threads });
  const speeds = await measureMemory(backend, { workloads: memoryBound(), rounds });
  console.log(memoryText(speeds));
  if (json) console.log(JSON.stringify({ threads, rounds, speeds }));
  return 0;
}

if (import.meta.main) await runProgram(main);
