import {
  backendContract,
  halvingBackend,
  type KernelName,
  lacksWebGpu,
  PRODUCTS,
} from "@gradus/testing";
import { type KernelFamily, webGpu } from "@gradus/tensor/webgpu";

/** What layers and losses call with activations. */
const KERNELS: readonly KernelName[] = [
  ...PRODUCTS,
  ...["copy", "unary", "unaryGradient", "binary", "dropout", "reduce"] as const,
  ...["transpose", "slice", "paste", "softmax", "logSoftmax", "softmaxGradient"] as const,
  ...["softmaxCrossEntropy", "crossEntropy", "crossEntropyGradient", "countCorrect"] as const,
  ...["pointwiseLoss", "pointwiseLossGradient"] as const,
  ...["maxPool2d", "maxPool2dGradient", "averagePool2d", "averagePool2dGradient"] as const,
  ...["batchNorm", "batchNormInference", "batchNormGradient"] as const,
  ...["layerNorm", "layerNormGradient"] as const,
];

if (await lacksWebGpu("shader-f16")) {
  Deno.test.ignore("the contract of backends, kept by webgpu(float16) (no adapter)", () => {});
} else {
  const open = (family: KernelFamily) => async () =>
    halvingBackend(await webGpu({ family, activations: "float16" }));
  backendContract("webgpu(registers, float16)", open("registers"), { only: KERNELS });
  backendContract("webgpu(workgroup, float16)", open("workgroup"), { only: PRODUCTS });
}
