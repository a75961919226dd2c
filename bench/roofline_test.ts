import { assertEquals, assertStringIncludes } from "@std/assert";
import { pointsOf, rooflineChart, roofOf } from "./roofline.ts";
import { measuredPeer, workloadOf } from "./testdata/some_results.ts";

// A machine of 60 GFLOP/s and 40 GB/s: 6 GFLOP take 100 ms, 0.4 GB take 10 ms.
const kernels = [
  workloadOf("kernel matmul", [
    measuredPeer("machine-1", 100),
    measuredPeer("gradus-1", 120),
  ], { flops: 6e9, bytes: 1e8 }),
  workloadOf("kernel add", [
    measuredPeer("machine-1", 10),
    measuredPeer("gradus-1", 20),
  ], { flops: 1e8, bytes: 4e8 }),
  workloadOf("kernel copy", [
    measuredPeer("machine-1", 10),
    measuredPeer("gradus-1", 10),
  ], { flops: 0, bytes: 4e8 }),
];

Deno.test("roofOf() reads the machine's limits off its times", () => {
  assertEquals(roofOf(kernels, 1), { gflops: 60, gigabytes: 40 });
  assertEquals(roofOf(kernels, 2), null);
});

Deno.test("pointsOf() places kernels that compute", () => {
  assertEquals(pointsOf(kernels, 1), [
    { name: "matmul", intensity: 60, gflops: 50 },
    { name: "add", intensity: 0.25, gflops: 5 },
  ]);
});

Deno.test("rooflineChart() draws roof and kernels", () => {
  const svg = rooflineChart(kernels, { threads: 1, subtitle: "A Processor" })!;
  for (const text of ["60 GFLOP/s and 40 GB/s of the machine", "matmul", "add", "A Processor"]) {
    assertStringIncludes(svg, text);
  }
  assertEquals(rooflineChart(kernels, { threads: 2, subtitle: "" }), null);
  assertEquals(rooflineChart([], { threads: 1, subtitle: "" }), null);
});
