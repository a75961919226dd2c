import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { chooseBackend, openBackend } from "./open_backend.ts";

/** Runs with another `navigator.gpu`. */
async function withGpu(gpu: unknown, run: () => Promise<void>): Promise<void> {
  Object.defineProperty(navigator, "gpu", { value: gpu, configurable: true });
  try {
    await run();
  } finally {
    delete (navigator as { gpu?: unknown }).gpu;
  }
}

const adapter = (isFallbackAdapter: boolean) => ({
  requestAdapter: () => Promise.resolve({ info: { isFallbackAdapter } }),
});

describe("chooseBackend()", () => {
  it("takes WebGPU where there is an adapter, else wasm, and says why", async () => {
    const cases: readonly (readonly [unknown, string, string])[] = [
      [undefined, "wasm", "This browser has no WebGPU."],
      [
        { requestAdapter: () => Promise.resolve(null) },
        "wasm",
        "WebGPU finds no adapter in this machine.",
      ],
      [{ requestAdapter: () => new Promise(() => {}) }, "wasm", "WebGPU does not answer."],
      [adapter(true), "wasm", "WebGPU would run on the processor too, and slower."],
      [adapter(false), "webgpu", "This browser has an adapter."],
    ];
    for (const [gpu, name, reason] of cases) {
      await withGpu(gpu, async () => {
        const facts = await chooseBackend({ backend: "auto", threads: 2 }, 10);
        assertEquals([facts.name, facts.reason], [name, reason]);
      });
    }
  });

  it("takes what is chosen, whatever there is", async () => {
    for (const backend of ["wasm", "webgpu"] as const) {
      const facts = await chooseBackend({ backend, threads: 2 });
      assertEquals([facts.name, facts.reason], [backend, "You chose it."]);
    }
  });
});

describe("openBackend()", () => {
  it("takes wasm where the best there is cannot be opened, and says what it heard", async () => {
    const broken = {
      requestAdapter: () =>
        Promise.resolve({
          info: { vendor: "", architecture: "", description: "", isFallbackAdapter: false },
          features: new Set(),
          limits: {},
          requestDevice: () => Promise.reject(new Error("it is asleep")),
        }),
    };
    await withGpu(broken, async () => {
      const { backend, facts } = await openBackend({ backend: "auto", threads: 1 });
      await backend.close();
      assertEquals([backend.name, facts], ["cpu", {
        name: "wasm",
        title: "WebAssembly, 1 thread",
        reason:
          "Cannot open the webgpu backend as the adapter must give a device: found it is asleep.",
      }]);
    });
  });
});
