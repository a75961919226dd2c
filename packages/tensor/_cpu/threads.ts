import type { Heap } from "./heap.ts";
import type { Library } from "./library.ts";
import {
  CALL_NUMBERS,
  CALLER_SLEEPS,
  CALLS,
  DESK_BYTES,
  DONE,
  END,
  FAILED,
  PUBLISHED,
  READY,
  RING_BYTES,
  SPINS,
  STATE,
  threadSource,
  webSource,
  WORKER_SLEEPS,
  type WorkerData,
} from "./worker_source.ts";

/** How long to sleep before looking whether the worker still lives. */
const NAP_MS = 50;

/** What ends a worker, however it was started. */
type EndWorker = () => Promise<void>;

/**
 * The threads that kernels run on: the caller's own, and persistent workers.
 *
 * Work is cut into parts, as many as threads, by the shapes alone. `call` runs a part: part 0 at once,
 * others by a worker, in the order of the calls; `join` waits for all. Workers are started by the first
 * part that is theirs; until they run, which may take as long as the caller's thread is busy, the
 * caller runs their parts too. What is computed does not depend on who computes it.
 */
export class Threads {
  /** As many as parts of a large kernel. */
  readonly count: number;
  readonly #library: Library;
  readonly #heap: Heap;
  readonly #patienceMs: number;
  #desks: Desk[] = [];
  #endings: Promise<EndWorker>[] = [];
  #isUp = false;

  constructor(
    heap: Heap,
    options: {
      readonly library: Library;
      readonly count: number;
      readonly patienceMs: number;
    },
  ) {
    this.#heap = heap;
    this.#library = options.library;
    this.count = options.count;
    this.#patienceMs = options.patienceMs;
  }

  /** Whether all workers run. */
  get isUp(): boolean {
    return this.#isUp ||
      (this.#isUp = this.#desks.length > 0 && this.#desks.every((d) => d.isReady));
  }

  // Seventeen parameters rather than an array: a call allocates nothing.
  /** Runs kernel `kernel` for part `part`. */
  call(
    part: number,
    kernel: number,
    a = 0,
    b = 0,
    c = 0,
    d = 0,
    e = 0,
    f = 0,
    g = 0,
    h = 0,
    i = 0,
    j = 0,
    k = 0,
    l = 0,
    m = 0,
    n = 0,
    o = 0,
    p = 0,
    q = 0,
  ): void {
    const run = this.#library.take(kernel);
    if (part > 0) {
      if (this.#desks.length === 0) this.#start();
      if (this.isUp) {
        const desk = this.#desks[part - 1]!;
        if (desk.isFull) this.#await(desk, desk.published - CALLS + 1);
        const numbers = desk.numbers;
        let at = desk.next;
        numbers[at++] = kernel;
        numbers[at++] = a;
        numbers[at++] = b;
        numbers[at++] = c;
        numbers[at++] = d;
        numbers[at++] = e;
        numbers[at++] = f;
        numbers[at++] = g;
        numbers[at++] = h;
        numbers[at++] = i;
        numbers[at++] = j;
        numbers[at++] = k;
        numbers[at++] = l;
        numbers[at++] = m;
        numbers[at++] = n;
        numbers[at++] = o;
        numbers[at++] = p;
        numbers[at++] = q;
        desk.publish();
        return;
      }
    }
    run(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q);
  }

  /** Returns when all calls are done. */
  join(): void {
    if (!this.#isUp) return;
    for (const desk of this.#desks) this.#await(desk, desk.published);
  }

  /** Ends the workers. */
  async close(): Promise<void> {
    for (const desk of this.#desks) {
      desk.numbers[desk.next] = END;
      desk.publish();
    }
    const endings = this.#endings;
    [this.#desks, this.#endings, this.#isUp] = [[], [], false];
    for (const ending of endings) await (await ending)();
  }

  #start(): void {
    for (let worker = 1; worker < this.count; worker++) {
      const desk = this.#heap.allocate(DESK_BYTES, "the desk of a worker");
      const { memory } = this.#heap;
      const { directory, natives } = this.#library;
      this.#desks.push(new Desk(memory, desk));
      this.#endings.push(startWorker({ memory, desk, directory, natives }));
    }
  }

  /** Waits until a worker did its first `calls` calls. */
  #await(desk: Desk, calls: number): void {
    for (let spins = 0; spins < SPINS; spins++) if (desk.hasDone(calls)) return;
    let [seen, since] = [desk.done, performance.now()];
    while (!desk.hasDone(calls)) {
      if (desk.done !== seen) [seen, since] = [desk.done, performance.now()];
      const isLate = performance.now() - since > this.#patienceMs;
      if (desk.hasFailed || isLate) {
        this.#kernelsMustStop();
        throw new Error(
          `Cannot run a kernel on ${this.count} threads as each worker must answer: ${
            desk.hasFailed ? "one has failed" : `one was silent for ${this.#patienceMs} ms`
          }`,
        );
      }
      desk.nap(calls);
    }
  }

  /** After a failure nothing is computed any more: half of a result is none. */
  #kernelsMustStop(): void {
    this.#heap.close();
  }
}

/** A worker's place in shared memory, as the caller's thread sees it. */
class Desk {
  readonly numbers: Float64Array;
  published = 0;
  readonly #words: Int32Array;

  constructor(memory: WebAssembly.Memory, address: number) {
    this.#words = new Int32Array(memory.buffer, address, 64);
    this.numbers = new Float64Array(memory.buffer, address + RING_BYTES, CALLS * CALL_NUMBERS);
  }

  get isReady(): boolean {
    return Atomics.load(this.#words, STATE) === READY;
  }

  get hasFailed(): boolean {
    return Atomics.load(this.#words, STATE) === FAILED;
  }

  get done(): number {
    return Atomics.load(this.#words, DONE);
  }

  /** Counts wrap around; calls are never further apart than the ring is long. */
  hasDone(calls: number): boolean {
    return ((this.done - calls) | 0) >= 0;
  }

  get isFull(): boolean {
    return !this.hasDone(this.published - CALLS + 1);
  }

  get next(): number {
    return (this.published & (CALLS - 1)) * CALL_NUMBERS;
  }

  publish(): void {
    this.published = (this.published + 1) | 0;
    Atomics.store(this.#words, PUBLISHED, this.published);
    // A worker that is about to sleep sees the new count: it sleeps on the old one.
    if (Atomics.load(this.#words, WORKER_SLEEPS) === 1) Atomics.notify(this.#words, PUBLISHED);
  }

  /** Sleeps until the worker has done a call more; where that is forbidden, returns at once. */
  nap(calls: number): void {
    Atomics.store(this.#words, CALLER_SLEEPS, 1);
    const { done } = this;
    try {
      if (!this.hasDone(calls)) Atomics.wait(this.#words, DONE, done, NAP_MS);
    } catch {
      // A browser's main thread may not sleep: it keeps looking.
    }
    Atomics.store(this.#words, CALLER_SLEEPS, 0);
  }
}

/** Starts a worker; a worker that never starts leaves its parts to the caller. */
async function startWorker(data: WorkerData): Promise<EndWorker> {
  if ("process" in globalThis) {
    const { Worker } = await import("node:worker_threads");
    // Without `env`, a worker copies the environment, for which Deno asks at a terminal.
    const worker = new Worker(threadSource, { eval: true, workerData: data, env: {} });
    worker.unref();
    worker.on("error", () => {}); // `STATE` tells
    return async () => {
      await worker.terminate();
    };
  }
  const url = URL.createObjectURL(new Blob([webSource], { type: "text/javascript" }));
  const worker = new Worker(url);
  worker.postMessage(data);
  URL.revokeObjectURL(url);
  return () => {
    worker.terminate();
    return Promise.resolve();
  };
}
