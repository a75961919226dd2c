import { assertEquals } from "@std/assert";
import { resultsFileName, speedOf } from "./results.ts";
import { workloadOf } from "./testdata/some_results.ts";

Deno.test("speedOf() counts in the workload's unit", () => {
  const speed = (unit: Parameters<typeof speedOf>[0]["unit"]) =>
    speedOf(workloadOf("W", [], { unit, amount: 64, flops: 6e9, bytes: 4e9 }), 100);
  assertEquals(speed("GFLOP/s"), 60);
  assertEquals(speed("GB/s"), 40);
  assertEquals(speed("images/s"), 640);
  assertEquals(speed("epochs/s"), 640);
  assertEquals(speed("ms"), 100);
});

Deno.test("resultsFileName() has version, day and what was chosen", () => {
  const run = { version: "0.1.0", date: "2026-11-23T01:02:03.000Z" };
  assertEquals(resultsFileName(run, []), "0.1.0-2026-11-23");
  assertEquals(resultsFileName(run, ["W1", "torch"]), "0.1.0-2026-11-23-W1-torch");
});
