import { cpu, type CpuBackend } from "@gradus/tensor/cpu";
import { checkWorkload } from "./workloads/check_workload.ts";
import type { Prepared, Workload } from "./workloads/workload.ts";

/** Numbers of threads to bench: one, and two where there are two cores. */
const THREADS = navigator.hardwareConcurrency > 1 ? [1, 2] : [1];

/** What is being timed, by the name of its benchmark; one at a time, as memory is not without end. */
let current: {
  readonly name: string;
  readonly backend: CpuBackend;
  readonly prepared: Prepared;
} | null = null;

/** Registers a workload with `deno bench`, on one thread and on two; it is checked before it is timed. */
export function benchWorkload(workload: Workload): void {
  for (const threads of THREADS) {
    const name = `${workload.name}, ${threads} ${threads > 1 ? "threads" : "thread"}`;
    Deno.bench({
      name,
      group: workload.name,
      baseline: threads === 1,
      fn: async (bench) => {
        if (current?.name !== name) {
          await current?.backend.close();
          current = { name, ...await prepare(workload, threads) };
        }
        bench.start();
        await current.prepared.run();
        bench.end();
      },
    });
  }
}

async function prepare(
  workload: Workload,
  threads: number,
): Promise<{ backend: CpuBackend; prepared: Prepared }> {
  const backend = await cpu({ threads });
  await checkWorkload(workload, backend);
  return { backend, prepared: workload.setup(backend, workload.amount) };
}
