import { assert, assertEquals, assertThrows } from "@std/assert";
import { i32 } from "./instructions.ts";
import { Heap } from "./heap.ts";
import { Library } from "./library.ts";
import { Threads } from "./threads.ts";

/** Threads with three kernels: one that works, one that traps, and one that never ends. */
function open({ count = 2, patienceMs = 30_000 } = {}) {
  const heap = new Heap({ isShared: true, maximumBytes: 2 ** 26 });
  const library = new Library(heap);
  const parameters = { address: "i32", value: "i32" } as const;
  const add = library.add("add", { parameters }, (f, { address, value }) => {
    f.run(i32.store(address, i32.add(i32.load(address), value)));
  });
  const trap = library.add("trap", { parameters: {} }, (f) => f.run(i32.store(-4, 0)));
  const hang = library.add(
    "hang",
    { parameters: {} },
    (f) => f.repeat(() => {}, i32.constant(1)),
  );
  const threads = new Threads(heap, { library, count, patienceMs });
  return { heap, threads, add, trap, hang, target: heap.allocate(64 * count, "numbers") };
}

/** Starts the workers, and lets them come up. */
async function bringUp(threads: Threads, start: () => void): Promise<void> {
  start();
  const end = performance.now() + 20_000;
  while (!threads.isUp && performance.now() < end) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert(threads.isUp);
}

Deno.test("threads run each part once, in the order of the calls, before and after workers are up", async () => {
  const { heap, threads, add, target } = open({ count: 3 });
  const run = () => {
    for (let turn = 0; turn < 500; turn++) {
      for (let part = 2; part >= 0; part--) threads.call(part, add, target + 64 * part, part + 1);
    }
    threads.join();
  };
  await bringUp(threads, run);
  run();
  assertEquals([0, 16, 32].map((at) => heap.ints[target / 4 + at]), [1000, 2000, 3000]);
  // Workers that have gone to sleep wake up.
  await new Promise((resolve) => setTimeout(resolve, 50));
  run();
  assertEquals([0, 16, 32].map((at) => heap.ints[target / 4 + at]), [1500, 3000, 4500]);
  await threads.close();
});

Deno.test("threads give an error where a worker fails, at once and ever after", async () => {
  const { threads, add, trap, target } = open();
  await bringUp(threads, () => threads.call(1, add, target, 1));
  threads.call(1, trap);
  const message = "Cannot run a kernel on 2 threads as each worker must answer: one has failed";
  assertThrows(() => threads.join(), Error, message);
  threads.call(1, add, target, 1);
  assertThrows(() => threads.join(), Error, message);
  await threads.close();
});

Deno.test("threads give an error where a worker is silent", async () => {
  const { threads, add, hang, target } = open({ patienceMs: 200 });
  await bringUp(threads, () => threads.call(1, add, target, 1));
  threads.call(1, hang);
  assertThrows(
    () => threads.join(),
    Error,
    "Cannot run a kernel on 2 threads as each worker must answer: one was silent for 200 ms",
  );
  await threads.close();
});
