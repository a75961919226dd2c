import { backendContract, lacksWebGpu, type Skip } from "@gradus/testing";
import { webGpu } from "@gradus/tensor/webgpu";

const none = "not written yet";
const skip: Skip = {
  matmul: none,
  conv2d: none,
  conv2dInputGradient: none,
  conv2dKernelGradient: none,
  maxPool2d: none,
  maxPool2dGradient: none,
  averagePool2d: none,
  averagePool2dGradient: none,
  batchNorm: none,
  batchNormInference: none,
  batchNormGradient: none,
  layerNorm: none,
  layerNormGradient: none,
  gradientNorms: none,
  sgdStep: none,
  adamStep: none,
  rmsPropStep: none,
  adagradStep: none,
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
