import { assertEquals, assertNotEquals } from "@std/assert";
import { Heap } from "./heap.ts";
import { Tables } from "./tables.ts";

Deno.test("a table is made once for its key", () => {
  const heap = new Heap({ isShared: false, maximumBytes: 2 ** 24 });
  const tables = new Tables(heap);
  const first = tables.take("a", () => ({ words: [3, 4], plan: "A" }));
  const second = tables.take("a", () => ({ words: [5, 6], plan: "B" }));
  assertEquals([second.address, second.plan], [first.address, "A"]);
  assertEquals([...heap.ints.subarray(first.address / 4, first.address / 4 + 2)], [3, 4]);
});

Deno.test("tables that were not asked for of late are given back, so memory has a bound", () => {
  const heap = new Heap({ isShared: false, maximumBytes: 2 ** 24 });
  const tables = new Tables(heap);
  const kept = tables.take("kept", () => ({ words: [1], plan: 0 })).address;
  for (let i = 0; i < 1000; i++) {
    tables.take(`${i}`, () => ({ words: [i], plan: i }));
    assertEquals(tables.take("kept", () => ({ words: [2], plan: 0 })).address, kept);
  }
  assertEquals(heap.usedBytes, 256 * 64);
  let made = 0;
  tables.take("0", () => ({ words: [0], plan: ++made }));
  assertNotEquals(made, 0);
});
