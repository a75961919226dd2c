import { assertEquals } from "@std/assert";
import { mergeResults, resultsFileName, speedOf } from "./results.ts";
import { resultsOf, workloadOf } from "./testdata/some_results.ts";

Deno.test("speedOf() counts in the workload's unit", () => {
  const speed = (unit: Parameters<typeof speedOf>[0]["unit"]) =>
    speedOf(workloadOf("W", [], { unit, amount: 64, flops: 6e9, bytes: 4e9 }), 100);
  assertEquals(speed("GFLOP/s"), 60);
  assertEquals(speed("GB/s"), 40);
  assertEquals(speed("images/s"), 640);
  assertEquals(speed("epochs/s"), 640);
  assertEquals(speed("ms"), 100);
});

Deno.test("resultsFileName() has version and commit", () => {
  assertEquals(resultsFileName({ version: "0.1.0", commit: "abc1234" }), "0.1.0-abc1234");
  assertEquals(resultsFileName({ version: "0.1.0", commit: null }), "0.1.0-no-commit");
});

Deno.test("mergeResults() takes the later of what both have, in order", () => {
  const before = resultsOf(
    [workloadOf("W4", [], { flops: 1 }), workloadOf("W1", [], { flops: 1 })],
    { commands: ["first"], date: "2026-11-23" },
  );
  const now = resultsOf(
    [workloadOf("W4", [], { flops: 2 }), workloadOf("W3", [], { flops: 2 })],
    { commands: ["second"], date: "2026-11-24" },
  );
  const merged = mergeResults(before, now, ["W1", "W3", "W4"]);
  assertEquals(merged.workloads.map(({ name, flops }) => [name, flops]), [
    ["W1", 1],
    ["W3", 2],
    ["W4", 2],
  ]);
  assertEquals([merged.commands, merged.date], [["first", "second"], "2026-11-24"]);
});

Deno.test("mergeResults() keeps what may be of other code or another machine apart", () => {
  const now = resultsOf([workloadOf("W3", [])]);
  const of = (rest: Parameters<typeof resultsOf>[1]) => resultsOf([workloadOf("W1", [])], rest);
  for (
    const before of [
      of({ commit: "other" }),
      of({ version: "0.2.0" }),
      of({ machine: { ...now.machine, cores: 4 } }),
    ]
  ) {
    assertEquals(mergeResults(before, now, ["W1", "W3"]), now);
  }
  for (const commit of [null, "abc1234+"]) {
    const changed = { ...now, commit };
    assertEquals(mergeResults(of({ commit }), changed, ["W1", "W3"]), changed);
  }
});
