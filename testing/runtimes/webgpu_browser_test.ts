import { assert, assertEquals } from "@std/assert";
import { reference } from "@gradus/tensor/reference";
import { bundle } from "./bundle.ts";
import { findProgram, isMissing } from "./find_program.ts";
import { largeTiles } from "./large_tiles.ts";
import { runPage } from "./run_page.ts";
import type { WebGpuPageReport } from "./webgpu_page.ts";

const ignore = isMissing("chromium");
const suffix = ignore ? " (chromium is not installed)" : "";

/** SwiftShader: a GPU that the processor plays, in Chromium's own WebGPU, Dawn. */
const FLAGS = [
  "--enable-unsafe-webgpu",
  "--enable-features=Vulkan",
  "--use-webgpu-adapter=swiftshader",
];

Deno.test(`Chromium trains on WebGPU, where the contract holds${suffix}`, { ignore }, async () => {
  const chromium = findProgram("chromium");
  assert(chromium !== null, "chromium is not installed");
  const { adapter, iris, largeTiles: gradient, contracts } = await runPage<WebGpuPageReport>(
    chromium,
    await bundle("webgpu_page.ts", "browser"),
    { query: {}, isIsolated: true, flags: FLAGS, patienceMs: 600_000 },
  );
  assert(adapter.isFallback, JSON.stringify(adapter));
  assertEquals(iris[0], iris[1]);
  assert(iris[0].accuracy >= 0.9, `accuracy is ${iris[0].accuracy}`);
  assertEquals(gradient, await largeTiles(reference()));
  const { registers, workgroup } = contracts;
  assertEquals([...registers.failures, ...workgroup.failures], []);
  assert(registers.passed > 400, `${registers.passed} tests passed`);
  assert(workgroup.passed > 40, `${workgroup.passed} tests of products passed`);
});
