import { assert, assertEquals } from "@std/assert";
import { planProduct } from "./product_plan.ts";

const tilesOf = (family: "registers" | "workgroup", m: number, k: number, n: number) => {
  const { tile, parts, partLength } = planProduct(family, { m, k, n });
  const edges = tile.family === "registers" ? [tile.rows, tile.columns] : [tile.edge, tile.edge];
  return { edges, parts, partLength };
};

Deno.test("planProduct() takes the largest tiles where they are many", () => {
  const whole = { parts: 1, partLength: 64 };
  assertEquals(tilesOf("registers", 4096, 64, 1024), { edges: [16, 16], ...whole });
  assertEquals(tilesOf("workgroup", 4096, 64, 1024), { edges: [64, 64], ...whole });
});

Deno.test("planProduct() takes smaller tiles where large ones leave the device idle", () => {
  assertEquals(tilesOf("registers", 128, 64, 128).edges, [4, 4]);
  assertEquals(tilesOf("registers", 256, 64, 256).edges, [8, 8]);
  assertEquals(tilesOf("workgroup", 128, 64, 128).edges, [32, 32]);
});

Deno.test("planProduct() takes no tile longer than the result", () => {
  assertEquals(tilesOf("registers", 1, 64, 65_536).edges, [4, 16]);
  assertEquals(tilesOf("registers", 65_536, 64, 5).edges, [16, 8]);
});

Deno.test("planProduct() cuts long sums of small results, and loses no term", () => {
  for (const family of ["registers", "workgroup"] as const) {
    const { parts, partLength } = tilesOf(family, 10, 60_001, 10);
    assert(parts > 1);
    assertEquals(partLength % 4, 0);
    assert((parts - 1) * partLength < 60_001 && 60_001 <= parts * partLength);
  }
});

Deno.test("planProduct() cuts sums by whole steps", () => {
  const plan = planProduct("registers", { m: 27, k: 64 * 30 * 30, n: 32, step: 30 });
  assert(plan.parts > 1);
  assertEquals(plan.partLength % 30, 0);
});

Deno.test("planProduct() makes one part of a sum without terms", () => {
  assertEquals(tilesOf("registers", 8, 0, 8).parts, 1);
});
