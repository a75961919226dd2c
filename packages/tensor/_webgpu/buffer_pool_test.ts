import { assert, assertEquals } from "@std/assert";
import { classBytes } from "./buffer_pool.ts";

Deno.test("classBytes() wastes an eighth at most, and at least 256 bytes hold anything", () => {
  assertEquals([0, 1, 256, 257].map(classBytes), [256, 256, 256, 512]);
  for (const sizeBytes of [2048, 5000, 100_003, 2 ** 20, 2 ** 20 + 1, 2 ** 27 - 4, 2 ** 27]) {
    const held = classBytes(sizeBytes);
    assert(held >= sizeBytes && held <= sizeBytes * 1.125 + 256, `${held} for ${sizeBytes}`);
    assertEquals(classBytes(held), held);
  }
});
