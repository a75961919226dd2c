import { assertEquals, assertStringIncludes } from "@std/assert";
import { markdownTable, resultsPage, shortNumber } from "./results_page.ts";
import { measuredPeer, resultsOf, workloadOf } from "./testdata/some_results.ts";

Deno.test("shortNumber() has three digits", () => {
  assertEquals([0, 0.00012345, 0.5, 1.999, 12.345, 999.4].map(shortNumber), [
    "0",
    "0.000123",
    "0.5",
    "2",
    "12.3",
    "999",
  ]);
  assertEquals([1000, 1234.5, 175_499, 1e7, Infinity].map(shortNumber), [
    "1,000",
    "1,230",
    "175,000",
    "10,000,000",
    "Infinity",
  ]);
});

Deno.test("markdownTable() aligns columns", () => {
  assertEquals(markdownTable(["", "ms"], [["a", "1"], ["longer", "10.5"]]), [
    "|        |   ms |",
    "| ------ | ---: |",
    "| a      |    1 |",
    "| longer | 10.5 |",
  ]);
});

const cannot = { library: "tfjs-cpu", threads: 1, version: "4.22.0", cannot: "no kernel" };
const results = resultsOf([
  workloadOf("W4", [
    measuredPeer("machine-1", 8, { "gradus-1": 0.8 }),
    measuredPeer("gradus-1", 10),
    measuredPeer("slow-1", 4000, { "gradus-1": 400 }, { amount: 0.5, agrees: false, value: 7 }),
    { ...cannot, peer: "tfjs-cpu" },
    { ...cannot, peer: "tfjs-wasm" },
  ]),
  workloadOf("W6", [measuredPeer("gradus-1", 60, {}, { speed: 60 })], { unit: "ms" }),
  workloadOf("kernel exp", [
    measuredPeer("machine-1", 5, { "gradus-1": 0.25 }),
    measuredPeer("gradus-1", 20),
  ], { flops: 1e9, bytes: 2e8, unit: "GB/s" }),
  workloadOf("batch 16", [
    measuredPeer("machine-1", 72, { "gradus-1": 0.9 }),
    measuredPeer("gradus-1", 80),
  ], { amount: 16 }),
]);

Deno.test("resultsPage() tells machine, speeds, ratios and reasons", () => {
  const page = resultsPage(results, ["a-roofline-1.svg"]);
  const lines = page.split("\n");
  assertEquals(lines.slice(0, 3), [
    "# Gradus 0.1.0, 2026-11-23",
    "",
    "`deno task bench:peers` at commit abc1234, on A Processor, 2 cores, Linux 6, Deno 2.9.6.",
  ]);
  for (
    const row of [
      "|           | W4 images/s | W6 ms |",
      "| gradus-1  |         100 |    60 |",
      "| slow-1    |      ≈ 0.25 |     – |",
      "| machine-1 |         |      125 |             8 (8–8) | 0.8 (0.8–0.8) |",
      "| slow-1    |   1.2.3 |   ≈ 0.25 | 4,000 (4,000–4,000) | 400 (400–400) |",
      "slow-1 does not compute what Gradus does: it read 7.",
      "Not measured: tfjs-cpu, tfjs-wasm (no kernel).",
      "|     | GFLOP/s (1) | GB/s (1) | of the machine (1) |",
      "| exp |          50 |       10 |               0.25 |",
      "| batch | gradus-1 ms an image | of the machine |",
      "| 1     |                   10 |           0.80 |",
      "| 16    |                    5 |           0.90 |",
      "![Roofline of the kernels](a-roofline-1.svg)",
    ]
  ) {
    assertStringIncludes(page, row);
  }
});

Deno.test("resultsPage() does without a commit, pins and kernels", () => {
  const { machine } = results;
  const page = resultsPage(
    { ...results, commit: null, machine: { ...machine, isPinned: false }, workloads: [] },
    [],
  );
  assertStringIncludes(page, "at no commit");
  assertStringIncludes(page, "not held to any core");
  assertEquals(page.includes("##"), false);
});
