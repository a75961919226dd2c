import { backendContract, lacksWebGpu, PRODUCTS, stagedGpu } from "@gradus/testing";
import { webGpu } from "@gradus/tensor/webgpu";

if (await lacksWebGpu()) {
  Deno.test.ignore("the contract of backends, kept by webgpu (no adapter)", () => {});
} else {
  backendContract("webgpu(registers)", () => webGpu({ family: "registers" }));
  backendContract("webgpu(workgroup)", () => webGpu({ family: "workgroup" }), { only: PRODUCTS });
  // As few arrays as WebGPU allows to bind: what would like more of them has several dispatches.
  const gpu = stagedGpu({ limits: { maxStorageBuffersPerShaderStage: 8 } });
  backendContract("webgpu(8 arrays)", () => webGpu({ gpu }), {
    only: [
      ...["gradientNorms", "sgdStep", "adamStep", "rmsPropStep", "adagradStep"] as const,
      ...["batchNorm", "batchNormGradient", "layerNorm", "layerNormGradient"] as const,
    ],
  });
}
