import { assertEquals } from "@std/assert";
import { groupOf, isShared } from "./workload_group.ts";

Deno.test("groupOf() is what a name may be short for", () => {
  const names = ["W1-512", "W2", "W2-forward", "kernel conv2d 1 × 1", "batch 16"];
  assertEquals(names.map(groupOf), ["W1", "W2", "W2", "kernels", "batches"]);
  assertEquals(names.map(isShared), [true, true, true, false, false]);
});
