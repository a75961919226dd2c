/**
 * Gradus on its cpu backend; the arguments are the number of threads, and `blas` for products by OpenBLAS,
 * `tfjs` for the kernels of TensorFlow.js on its wasm backend or `webgpu`.
 *
 * @module
 */
import type { Backend } from "@gradus/tensor";
import type { Workload } from "../workloads/workload.ts";
import { serve } from "./serve.ts";

const backend = await open({ threads: Number(Deno.args[0]) });

await serve(async (name) => {
  const workload = await find(name);
  return async (amount) => {
    if (name !== "W6") {
      const { checkWorkload } = await import("../workloads/check_workload.ts");
      await checkWorkload(workload, backend);
    }
    return workload.setup(backend, amount).run;
  };
});

async function open(options: { readonly threads: number }): Promise<Backend> {
  switch (Deno.args[1]) {
    case "blas":
      // Set on some machines: it would hold OpenBLAS back from the instructions that the processor has.
      Deno.env.delete("OPENBLAS_CORETYPE");
      return (await import("@gradus/tensor/blas")).blas(options);
    case "tfjs":
      await import("@tensorflow/tfjs-backend-wasm");
      return (await import("@gradus/tfjs")).tfjs({ backend: "wasm" });
    case "webgpu":
      return (await import("@gradus/tensor/webgpu")).webGpu();
    default:
      return (await import("@gradus/tensor/cpu")).cpu(options);
  }
}

async function find(name: string): Promise<Workload> {
  // A start should not be charged for what it does not need.
  if (name === "W6") return (await import("../workloads/start.ts")).start;
  const { workloads } = await import("../workloads/workloads.ts");
  const workload = workloads.find((workload) => workload.name === name);
  if (workload === undefined) throw new Error(`Gradus has no workload ${name}`);
  return workload;
}
