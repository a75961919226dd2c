import { type Backend, type Shape, Tensor, tensor } from "@gradus/tensor";
import { filled } from "./filled.ts";
import type { Cost, Prepared, Workload } from "./workload.ts";

/** One kernel of a backend, by itself. */
export interface KernelOptions {
  readonly name: string;
  /** Rows, images or so: the first length of its tensors. */
  readonly amount: number;
  readonly checkAmount?: number;
  readonly longestSum?: number;
  readonly unit: "GFLOP/s" | "GB/s";
  readonly cost: (amount: number) => Cost;
  /** Makes the tensors, and returns what it writes and what to call. */
  readonly prepare: (
    make: TensorMaker,
    amount: number,
  ) => { readonly outputs: readonly Tensor[]; readonly call: (backend: Backend) => void };
}

/** Makes the tensors of a kernel. */
export interface TensorMaker {
  /** Numbers from [−1/2, 1/2), no two tensors alike. */
  input(shape: Shape): Tensor;
  /** Zeros. */
  output(shape: Shape, dtype?: "int32"): Tensor;
}

/** A kernel as a workload. */
export function kernel(options: KernelOptions): Workload {
  const { name, amount, unit, cost, checkAmount = 3, longestSum = 16 } = options;
  return {
    name: `kernel ${name}`,
    title: `kernel ${name}`,
    unit,
    amount,
    checkAmount,
    longestSum,
    cost,
    setup: (backend, amount): Prepared => {
      let seed = 0;
      const { outputs, call } = options.prepare({
        input: (shape) => {
          const length = shape.reduce((size, axis) => size * axis, 1);
          return tensor(backend, filled(length, { seed: seed++ }), { shape });
        },
        output: (shape, dtype) => new Tensor(backend, shape, dtype === undefined ? {} : { dtype }),
      }, amount);
      return {
        outputs,
        run: async () => {
          call(backend);
          return (await backend.read(outputs[0]!.storage, 0, 1))[0]!;
        },
      };
    },
  };
}
