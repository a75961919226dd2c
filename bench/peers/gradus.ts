/**
 * Gradus on its cpu backend; the argument is the number of threads.
 *
 * @module
 */
import { cpu } from "@gradus/tensor/cpu";
import type { Workload } from "../workloads/workload.ts";
import { serve } from "./serve.ts";

const backend = await cpu({ threads: Number(Deno.args[0]) });

await serve(async (name) => {
  const workload = await find(name);
  return async (amount) => {
    if (name !== "W6") {
      const { checkWorkload } = await import("../workloads/check_workload.ts");
      await checkWorkload(workload, backend);
    }
    return workload.setup(backend, amount).run;
  };
});

async function find(name: string): Promise<Workload> {
  // A start should not be charged for what it does not need.
  if (name === "W6") return (await import("../workloads/start.ts")).start;
  const { workloads } = await import("../workloads/workloads.ts");
  const workload = workloads.find((workload) => workload.name === name);
  if (workload === undefined) throw new Error(`Gradus has no workload ${name}`);
  return workload;
}
