import { assertEquals, assertThrows } from "@std/assert";
import { openMachine } from "../_cpu/open_machine.ts";
import { loops } from "./_loops_test.ts";
import { BlasMachine } from "./blas_machine.ts";
import { checkProducts } from "./check_products.ts";

/** A machine with products in loops, after which `spoil` sees where each is. */
async function open(spoil?: (c: number, product: { k: number }, floats: Float32Array) => void) {
  const machine = await openMachine({ threads: 1 });
  const blas = loops(machine.heap);
  const sgemm = (...numbers: number[]) => {
    blas.sgemm(...numbers);
    spoil?.(numbers[12]! / 4, { k: numbers[5]! }, machine.heap.floats);
  };
  return new BlasMachine(machine, { ...blas, sgemm });
}

Deno.test("checkProducts() accepts a library that is right, and gives its memory back", async () => {
  const lent = await open();
  const { usedBytes } = lent.machine.heap;
  checkProducts(lent);
  assertEquals(lent.machine.heap.usedBytes, usedBytes);
});

Deno.test("checkProducts() refuses a library that gets one number of one large product wrong", async () => {
  const lent = await open((c, { k }, floats) => {
    if (k === 1100) floats[c + 5]! += 1;
  });
  const error = assertThrows(() => checkProducts(lent), Error);
  assertEquals(
    error.message.replace(/-?\d+ for -?\d+/, "… for …"),
    "Cannot use OpenBLAS (loops) as its products must be right: found … for … in a product of [16, 1100] by [1100, 16]",
  );
});

Deno.test("checkProducts() refuses NaN", async () => {
  const lent = await open((c, _, floats) => void (floats[c] = NaN));
  assertThrows(() => checkProducts(lent), Error, "Cannot use OpenBLAS (loops)");
});
