import { assertEquals } from "@std/assert";
import { familyFor, findAdapter } from "./device.ts";

/** A GPU whose adapter says this of itself. */
function gpuOf(info: Partial<GPUAdapterInfo>): GPU {
  const facts = { vendor: "", architecture: "", description: "", ...info };
  return { requestAdapter: () => Promise.resolve({ info: facts }) } as unknown as GPU;
}

/** As adapters say it in Chromium, and in Deno, where the vendor is a number and the name a description. */
const ADAPTERS = [
  [{ vendor: "google", architecture: "swiftshader" }, "registers"],
  [{ vendor: "65541", description: "llvmpipe (LLVM 15.0.6, 256 bits)" }, "registers"],
  [{ vendor: "5140", description: "Microsoft Basic Render Driver" }, "registers"],
  [{ vendor: "intel", architecture: "gen-12lp" }, "workgroup"],
  [{ vendor: "32902", description: "Intel(R) Arc(tm) A770 Graphics (DG2)" }, "workgroup"],
  [{ vendor: "nvidia", architecture: "ampere" }, "workgroup"],
  [{ vendor: "apple", architecture: "metal-3" }, "workgroup"],
  [{}, "workgroup"],
] as const;

Deno.test("familyFor() takes registers where a processor plays the GPU, workgroup memory elsewhere", async () => {
  for (const [info, family] of ADAPTERS) {
    const adapter = await findAdapter({ gpu: gpuOf(info) });
    assertEquals([info, familyFor(adapter!)], [info, family]);
  }
});

Deno.test("familyFor() believes an adapter that says it is a fallback", async () => {
  const info = { vendor: "intel", isFallbackAdapter: true };
  assertEquals(familyFor((await findAdapter({ gpu: gpuOf(info) }))!), "registers");
});
