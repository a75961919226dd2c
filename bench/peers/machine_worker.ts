/**
 * A further thread of `MachineThreads`.
 *
 * @module
 */
import { machineKernels } from "./machine_kernels.ts";
import { BYTES, DONE, PASSES, runTask, TASK } from "./machine_threads.ts";

/** Looks for the next task before sleeping: about a millisecond. */
const SPINS = 100_000;

addEventListener("message", (event) => {
  const words = (event as MessageEvent<Int32Array>).data;
  const kernels = machineKernels();
  for (let done = 0;;) {
    for (let spins = 0; spins < SPINS && Atomics.load(words, TASK) === done; spins++);
    Atomics.wait(words, TASK, done);
    done = Atomics.load(words, TASK);
    runTask(kernels, words[PASSES]!, words[BYTES]!);
    Atomics.store(words, DONE, done);
    Atomics.notify(words, DONE);
  }
});
