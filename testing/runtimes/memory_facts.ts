/** What a program holds after the garbage was collected. */
export interface MemoryFacts {
  /** What was done since the last facts. */
  readonly done: string;
  /** Bytes of JavaScript's objects. */
  readonly objectBytes: number;
  /** Bytes of the process, with whatever its engine keeps for later. */
  readonly processBytes: number;
  /** Pages by which memories of WebAssembly have grown since the start. */
  readonly grownPages: number;
}

let grownPages = 0;
const { grow } = WebAssembly.Memory.prototype;
WebAssembly.Memory.prototype.grow = function (pages: number): number {
  grownPages += pages;
  return grow.call(this, pages);
};

/** Collects the garbage, for which the program has to run with `--v8-flags=--expose-gc`, and measures. */
export async function memoryFacts(done: string): Promise<MemoryFacts> {
  const { gc } = globalThis as { gc?: () => void };
  if (gc === undefined) throw new Error("Cannot collect the garbage without --expose-gc");
  gc();
  // Finalisers run in a task of their own, and leave more garbage.
  await new Promise((resolve) => setTimeout(resolve, 0));
  gc();
  const { heapUsed, rss } = Deno.memoryUsage();
  return { done, objectBytes: heapUsed, processBytes: rss, grownPages };
}
