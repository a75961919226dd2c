/**
 * What a worker runs, as a string, since a published package has no file of its own to start it from.
 *
 * @module
 */

import type { Library } from "./library.ts";

/** Words of a worker's desk in shared memory, a cache line apart. */
export const PUBLISHED = 0;
export const DONE = 16;
export const STATE = 32;
/** 1 while the worker sleeps until a call is published, and while the caller sleeps until one is done. */
export const WORKER_SLEEPS = 48;
export const CALLER_SLEEPS = 49;

/** Values of `STATE`. */
export const READY = 1;
export const FAILED = 2;

/** Behind the words: a ring of calls, each a kernel's number and its arguments. */
export const RING_BYTES = 256;
export const CALLS = 128;
export const CALL_NUMBERS = 18;

/** The number of a call that ends the worker. */
export const END = -1;

/** Looks at the other side's word before sleeping: some fifty microseconds. */
export const SPINS = 20_000;

/** Bytes of a desk. */
export const DESK_BYTES = RING_BYTES + CALLS * CALL_NUMBERS * 8;

/** What a worker is started with. */
export interface WorkerData {
  readonly memory: WebAssembly.Memory;
  /** Address of its desk. */
  readonly desk: number;
  /** Address of the library's directory. */
  readonly directory: number;
  /** Native functions among the kernels, which it loads itself. */
  readonly natives: Library["natives"];
}

const serve = `
function serve({ memory, desk, directory, natives }) {
  const words = new Int32Array(memory.buffer, desk, 64);
  try {
    const kernels = [];
    for (const [kernel, { library, name, parameters }] of natives) {
      const { symbols } = Deno.dlopen(library, { [name]: { parameters, result: "void" } });
      kernels[kernel] = symbols[name];
    }
    const take = (kernel) => {
      const [address, length] = new Int32Array(memory.buffer, directory + 8 * kernel, 2);
      const bytes = new Uint8Array(memory.buffer, address >>> 0, length).slice();
      const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory } });
      return kernels[kernel] = Object.values(exports)[0];
    };
    const numbers = new Float64Array(memory.buffer, desk + ${RING_BYTES}, ${CALLS * CALL_NUMBERS});
    Atomics.store(words, ${STATE}, ${READY});
    for (let done = 0;; done = (done + 1) | 0) {
      for (let spins = 0; Atomics.load(words, ${PUBLISHED}) === done; spins++) {
        if (spins < ${SPINS}) continue;
        Atomics.store(words, ${WORKER_SLEEPS}, 1);
        Atomics.wait(words, ${PUBLISHED}, done);
        Atomics.store(words, ${WORKER_SLEEPS}, 0);
      }
      const n = (done & ${CALLS - 1}) * ${CALL_NUMBERS};
      if (numbers[n] === ${END}) return;
      (kernels[numbers[n]] ?? take(numbers[n]))(${
  Array.from({ length: CALL_NUMBERS - 1 }, (_, i) => `numbers[n + ${i + 1}]`).join(", ")
});
      Atomics.store(words, ${DONE}, done + 1);
      if (Atomics.load(words, ${CALLER_SLEEPS}) === 1) Atomics.notify(words, ${DONE});
    }
  } catch {
    Atomics.store(words, ${STATE}, ${FAILED});
    Atomics.notify(words, ${DONE});
  }
}`;

/** For `node:worker_threads`, in Deno, Node and Bun. */
export const threadSource = `${serve}
serve(require("node:worker_threads").workerData);`;

/** For a worker of a browser, which gets its data as its first message. */
export const webSource = `${serve}
onmessage = ({ data }) => serve(data);`;
