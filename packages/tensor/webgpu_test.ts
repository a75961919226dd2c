import { backendContract, lacksWebGpu, type Skip } from "@gradus/testing";
import { webGpu } from "@gradus/tensor/webgpu";

const none = "not written yet";
const skip: Skip = {
  conv2d: none,
  conv2dInputGradient: none,
  conv2dKernelGradient: none,
};

const ignore = await lacksWebGpu();

for (const family of ["registers", "workgroup"] as const) {
  const name = `webgpu(${family})`;
  if (ignore) {
    Deno.test.ignore(`the contract of backends, kept by ${name} (no adapter)`, () => {});
  } else {
    backendContract(name, () => webGpu({ family }), { skip });
  }
}
