import { assert, assertEquals } from "@std/assert";
import { COPY_BYTES, FLOPS_PER_PASS, machineKernels } from "./machine_kernels.ts";

Deno.test("machineKernels() multiplies as often as it says", () => {
  assertEquals(machineKernels(true).multiply(1), 12 * 8);
  assertEquals(machineKernels(true).multiply(100), 12 * 8 * 100);
  // Each vector goes 0, 4, 5, 5.25 … to 16/3.
  assertEquals(machineKernels(false).multiply(1), 12 * (16 / 3) * (1 - 4 ** -8));
  assertEquals(machineKernels(false).multiply(100), Math.fround(12 * Math.fround(16 / 3)));
  assertEquals(FLOPS_PER_PASS, 2 * 4 * 12 * 8);
});

Deno.test("machineKernels() copies", () => {
  const { copy, copyBlocks } = machineKernels();
  copy(COPY_BYTES);
  copyBlocks(COPY_BYTES);
  copyBlocks(64);
  assert(COPY_BYTES % 64 === 0);
});
