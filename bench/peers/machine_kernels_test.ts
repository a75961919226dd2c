import { assert, assertEquals } from "@std/assert";
import { COPY_BYTES, FLOPS_PER_PASS, machineKernels } from "./machine_kernels.ts";

Deno.test("machineKernels() multiplies as often as it says", () => {
  assertEquals(machineKernels(true).multiply(1), 12 * 8);
  assertEquals(machineKernels(true).multiply(100), 12 * 8 * 100);
  const unfused = (passes: number) => {
    let a = 0;
    for (let step = 0; step < 8 * passes; step++) a = Math.fround(a / 4 + 4);
    return Array.from({ length: 12 }, () => a).reduce((sum, a) => Math.fround(sum + a));
  };
  assertEquals(machineKernels(false).multiply(1), unfused(1));
  assertEquals(machineKernels(false).multiply(100), unfused(100));
  assertEquals(FLOPS_PER_PASS, 2 * 4 * 12 * 8);
});

Deno.test("machineKernels() copies", () => {
  const { copy, copyBlocks, touch } = machineKernels();
  touch();
  copy(COPY_BYTES);
  copyBlocks(COPY_BYTES);
  copyBlocks(64);
  assert(COPY_BYTES % 64 === 0);
});
