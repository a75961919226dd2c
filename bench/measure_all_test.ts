import { UsageError } from "@gradus/cli";
import { assertEquals, assertThrows } from "@std/assert";
import { assertLibraries, chooseWorkloads } from "./measure_all.ts";

function names(only: readonly string[] | null): string[] {
  return chooseWorkloads(only).map(({ name }) => name);
}

Deno.test("chooseWorkloads() takes groups and single names", () => {
  assertEquals(names(["W1"]), ["W1-64", "W1-512", "W1-1024"]);
  assertEquals(names(["W2"]), ["W2-forward", "W2"]);
  assertEquals(names(["W6", "W1-512"]), ["W1-512", "W6"]);
  assertEquals(names(null).slice(0, 9), [
    "W1-64",
    "W1-512",
    "W1-1024",
    "W2-forward",
    "W2",
    "W3",
    "W4",
    "W5",
    "W6",
  ]);
  assertEquals(names(["batches"]), [16, 32, 64, 256, 512].map((batch) => `batch ${batch}`));
  assertEquals(names(["batches", "kernels"]), names(null).slice(9));
  assertEquals(new Set(names(null)).size, names(null).length);
  assertThrows(
    () => names(["W1", "W9"]),
    UsageError,
    "Cannot use --only as it must name workloads, W1 to W6, batches or kernels: found W9",
  );
});

Deno.test("assertLibraries() refuses what is none", () => {
  assertLibraries(null);
  assertLibraries(["tfjs", "torch", "onnxruntime-web"]);
  assertThrows(
    () => assertLibraries(["torch", "keras"]),
    UsageError,
    "Cannot use --peers as it must name some of machine, gradus, gradus-blas, gradus-webgpu, tfjs-cpu, tfjs-wasm, gradus-tfjs, tfjs-webgpu, jax-js, jax-js-jit, jax-js-webgpu, jax-js-webgpu-jit, convnetjs, onnxruntime-web, onnxruntime-node, torch, webgpu: found keras",
  );
});
