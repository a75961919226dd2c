import { backendContract, halvingBackend, lacksWebGpu, stagedGpu } from "@gradus/testing";
import { type KernelFamily, webGpu, type WebGpuOptions } from "@gradus/tensor/webgpu";

/** Both families of kernels, and a GPU that binds as few arrays as WebGPU allows. */
const configurations: Readonly<Record<string, WebGpuOptions>> = {
  "webgpu(registers)": { family: "registers" },
  "webgpu(workgroup)": { family: "workgroup" },
  "webgpu(8 arrays)": { gpu: stagedGpu({ limits: { maxStorageBuffersPerShaderStage: 8 } }) },
};

if (await lacksWebGpu()) {
  Deno.test.ignore("the contract of backends, kept by webgpu (no adapter)", () => {});
} else {
  for (const [name, options] of Object.entries(configurations)) {
    backendContract(name, () => webGpu(options));
  }
}

const openHalving = (family: KernelFamily) => async () =>
  halvingBackend(await webGpu({ family, activations: "float16" }));

if (await lacksWebGpu("shader-f16")) {
  Deno.test.ignore("the contract of backends, kept by webgpu(float16) (no adapter)", () => {});
} else {
  backendContract("webgpu(registers, float16)", openHalving("registers"));
  backendContract("webgpu(workgroup, float16)", openHalving("workgroup"), {
    // The families differ in products alone.
    only: ["matmul", "conv2d", "conv2dInputGradient", "conv2dKernelGradient"],
  });
}
