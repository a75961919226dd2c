/**
 * The machine itself, as a yardstick: it does as many floating-point operations, or moves as many bytes, as
 * a workload cannot do without, whichever takes longer, at the highest speed that WebAssembly's 128-bit
 * vectors reach. The argument is the number of threads. Of W6 it does nothing: what is left is the
 * runtime's own start.
 *
 * @module
 */
import type { MachineThreads } from "./machine_threads.ts";
import { serve } from "./serve.ts";

let machine: MachineThreads | null = null;

await serve(async (name) => {
  if (name === "W6") return () => () => 0;
  const { workloads } = await import("../workloads/workloads.ts");
  const { MachineThreads } = await import("./machine_threads.ts");
  const workload = workloads.find((workload) => workload.name === name);
  if (workload === undefined) throw new Error(`has no ${name}`);
  return (amount) => {
    const { flops, bytes } = workload.cost(amount);
    const threads = machine ??= new MachineThreads(Number(Deno.args[0]));
    const multiply = () => threads.multiply(flops);
    const copy = () => threads.copy(bytes);
    const run = durationMs(multiply) >= durationMs(copy) ? multiply : copy;
    return () => {
      run();
      return 0;
    };
  };
});

/** Of the fastest of some runs. */
function durationMs(run: () => void): number {
  const trials = Array.from({ length: 5 }, () => {
    const startMs = performance.now();
    run();
    return performance.now() - startMs;
  });
  return Math.min(...trials);
}
