import { backendContract, lacksWebGpu, stagedGpu } from "@gradus/testing";
import { webGpu, type WebGpuOptions } from "@gradus/tensor/webgpu";

const ignore = await lacksWebGpu();

/** Both families of kernels, and a GPU that binds as few arrays as WebGPU allows. */
const configurations: Readonly<Record<string, WebGpuOptions>> = {
  "webgpu(registers)": { family: "registers" },
  "webgpu(workgroup)": { family: "workgroup" },
  "webgpu(8 arrays)": { gpu: stagedGpu({ limits: { maxStorageBuffersPerShaderStage: 8 } }) },
};

for (const [name, options] of Object.entries(configurations)) {
  if (ignore) {
    Deno.test.ignore(`the contract of backends, kept by ${name} (no adapter)`, () => {});
  } else {
    backendContract(name, () => webGpu(options));
  }
}
