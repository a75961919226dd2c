import { assertEquals } from "@std/assert";
import { reasonOf } from "./reason.ts";

Deno.test("reasonOf() is one line without folders", () => {
  assertEquals(reasonOf(new Error("\n no kernel \n at x")), "no kernel");
  assertEquals(reasonOf(new Error("")), "no reason given");
  assertEquals(
    reasonOf('at file:///root/.cache/a.org/1.2/dist/ort.mjs:3 and "/usr/lib/libblas.so"'),
    'at ort.mjs:3 and "libblas.so"',
  );
  assertEquals(reasonOf("3 GFLOP/s and 1/2"), "3 GFLOP/s and 1/2");
  assertEquals(reasonOf("x".repeat(300)), `${"x".repeat(199)}…`);
});
