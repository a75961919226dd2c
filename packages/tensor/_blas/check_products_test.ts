import { assertEquals, assertThrows } from "@std/assert";
import { Heap } from "../_cpu/heap.ts";
import { loops } from "./_loops_test.ts";
import { checkProducts } from "./check_products.ts";

Deno.test("checkProducts() accepts a library that is right, and gives its memory back", () => {
  const heap = new Heap({ isShared: false, maximumBytes: 2 ** 24 });
  checkProducts(heap, loops(heap), 1);
  assertEquals(heap.usedBytes, 0);
});

Deno.test("checkProducts() refuses a library that gets one number of one large product wrong", () => {
  const heap = new Heap({ isShared: false, maximumBytes: 2 ** 24 });
  const right = loops(heap);
  const wrong = {
    ...right,
    multiply(product: Parameters<typeof right.multiply>[0]) {
      right.multiply(product);
      if (product.k === 1100 && product.transposeB) heap.floats[product.c / 4 + 5]! += 1;
    },
  };
  const error = assertThrows(() => checkProducts(heap, wrong, 1), Error);
  assertEquals(
    error.message.replace(/-?\d+ for -?\d+/, "… for …"),
    "Cannot use OpenBLAS (loops) as its products must be right: found … for … in a product of [16, 1100] by [1100, 16]",
  );
});

Deno.test("checkProducts() refuses NaN", () => {
  const heap = new Heap({ isShared: false, maximumBytes: 2 ** 24 });
  const nothing = {
    ...loops(heap),
    multiply: ({ c }: { c: number }) => void (heap.floats[c / 4] = NaN),
  };
  assertThrows(() => checkProducts(heap, nothing, 1), Error, "Cannot use OpenBLAS (loops)");
});
