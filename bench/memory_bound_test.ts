import { cpu } from "@gradus/tensor/cpu";
import { assert, assertEquals } from "@std/assert";
import { measureMemory, memoryBound, memoryText } from "./memory_bound.ts";
import type { Workload } from "./workloads/workload.ts";

Deno.test("measureMemory() times kernels beside the copy of their round", async () => {
  await using backend = await cpu({ threads: 1 });
  const workloads = memoryBound();
  const speeds = await measureMemory(backend, { workloads, share: 1e-4, rounds: 3 });
  assertEquals(speeds.map(({ name }) => name), workloads.map(({ name }) => name));
  assertEquals(speeds[0]!.name, "kernel copy");
  assertEquals(speeds[0]!.ofCopy, { median: 1, low: 1, high: 1 });
  for (const { speed } of speeds) {
    assert(speed.low > 0 && speed.low <= speed.median && speed.median <= speed.high);
  }
});

Deno.test("measureMemory() counts bytes by the second, as shares of the first", async () => {
  await using backend = await cpu({ threads: 1 });
  const lasting = (ms: number): Workload => ({
    ...memoryBound()[0]!,
    cost: (amount) => ({ flops: 0, bytes: amount }),
    setup: () => ({ outputs: [], run: () => new Promise((done) => setTimeout(done, ms, 0)) }),
  });
  const workloads = [lasting(10), lasting(100)];
  const [fast, slow] = await measureMemory(backend, { workloads, rounds: 3 });
  assert(fast!.speed.median > slow!.speed.median);
  assert(slow!.ofCopy.high < 0.7, `${slow!.ofCopy.high}`);
  // 65,536 bytes in no less than a tenth of a second.
  assert(slow!.speed.high <= 65_536 / 1e9 / 0.099, `${slow!.speed.high}`);
});

Deno.test("memoryText() writes a table", () => {
  const spread = (median: number) => ({ median, low: median - 0.1, high: median + 0.1 });
  assertEquals(
    memoryText([
      { name: "kernel copy", speed: spread(20), ofCopy: { median: 1, low: 1, high: 1 } },
      { name: "kernel sum of all", speed: spread(18.04), ofCopy: spread(0.9) },
    ]),
    `kernel      GB/s       of the copy
----------  ----  ----------------
copy        20.0  1.00 (1.00–1.00)
sum of all  18.0  0.90 (0.80–1.00)`,
  );
});
