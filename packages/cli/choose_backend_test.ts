import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { chooseBackend } from "./choose_backend.ts";
import { BACKENDS } from "./open_backend.ts";

/** A GPU that has one adapter, or none. */
function gpuWith(info: Partial<GPUAdapterInfo> | null): GPU {
  const adapter = info === null ? null : { info: { vendor: "", description: "", ...info } };
  return { requestAdapter: () => Promise.resolve(adapter) } as unknown as GPU;
}

describe("chooseBackend()", () => {
  it("takes what was asked for", async () => {
    for (const name of BACKENDS) {
      assertEquals(await chooseBackend(name), { name, reason: null });
    }
  });

  it("takes webgpu by itself where there is a GPU, and says which", async () => {
    assertEquals(await chooseBackend("auto", { gpu: gpuWith({ description: "Radeon 780M" }) }), {
      name: "webgpu",
      reason: "there is a GPU, Radeon 780M",
    });
    assertEquals(await chooseBackend("auto", { gpu: gpuWith({ vendor: "apple" }) }), {
      name: "webgpu",
      reason: "there is a GPU, apple",
    });
  });

  it("takes cpu where there is none, or only one that the processor plays", async () => {
    assertEquals(await chooseBackend("auto", { gpu: gpuWith(null) }), {
      name: "cpu",
      reason: "there is no adapter for WebGPU",
    });
    assertEquals(await chooseBackend("auto", { gpu: gpuWith({ description: "llvmpipe" }) }), {
      name: "cpu",
      reason: "the adapter for WebGPU, llvmpipe, is the processor too",
    });
  });
});
