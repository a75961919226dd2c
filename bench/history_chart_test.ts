import { assertEquals, assertStringIncludes } from "@std/assert";
import { historyChart, workloadsOf } from "./history_chart.ts";
import { measuredPeer, resultsOf, workloadOf } from "./testdata/some_results.ts";

const kept = [
  resultsOf([workloadOf("W3", [measuredPeer("gradus-1", 20), measuredPeer("jax-js-1", 80)])]),
  resultsOf([workloadOf("W4", [measuredPeer("gradus-1", 5)])], { commit: null }),
  resultsOf([workloadOf("W3", [measuredPeer("gradus-1", 10)])], {
    commit: "def5678",
    date: "2026-12-01T00:00:00.000Z",
  }),
];

Deno.test("historyChart() draws a line for each peer over the runs that have the workload", () => {
  const svg = historyChart("W3", kept)!;
  assertStringIncludes(
    svg,
    "gradus-1: 2 values from 50 to 100, last 100. jax-js-1: 1 values from 12.5 to 12.5, last 12.5.",
  );
  assertStringIncludes(svg, "1: 0.1.0 abc1234 2026-11-23 on A Processor");
  assertStringIncludes(svg, "2: 0.1.0 def5678 2026-12-01");
  assertEquals(historyChart("W9", kept), null);
});

Deno.test("workloadsOf() has each once", () => {
  assertEquals(workloadsOf(kept), ["W3", "W4"]);
});
