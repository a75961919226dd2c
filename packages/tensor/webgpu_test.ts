import { backendContract, lacksWebGpu } from "@gradus/testing";
import { webGpu } from "@gradus/tensor/webgpu";

const ignore = await lacksWebGpu();

for (const family of ["registers", "workgroup"] as const) {
  const name = `webgpu(${family})`;
  if (ignore) {
    Deno.test.ignore(`the contract of backends, kept by ${name} (no adapter)`, () => {});
  } else {
    backendContract(name, () => webGpu({ family }));
  }
}
