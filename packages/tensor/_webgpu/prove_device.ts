import { sizeOf } from "../shape.ts";
import type { KernelRun } from "./kernel_run.ts";
import type { Machine } from "./machine.ts";
import { WebGpuError } from "./web_gpu_error.ts";
import { entry, wgsl } from "./wgsl.ts";
import type { Operand } from "../backend.ts";

const X = new Float32Array([1, -2, 0.5, 2 ** 20, -3]);

/** Computes something small on a device: some accept every command and compute nothing. */
export async function proveDevice(machine: Machine): Promise<void> {
  const storages = [0, 1].map(() => machine.allocate("float32", X.length, "the self-test"));
  const [x, out] = storages.map((storage): Operand => ({
    storage,
    shape: [X.length],
    dtype: "float32",
  })) as [Operand, Operand];
  machine.write(storages[0]!, X, 0);
  machine.run(proofRun(x, out));
  const y = await machine.read(storages[1]!, 0, X.length);
  for (const storage of storages) machine.release(storage);
  const expected = X.map((x, i) => 3 * x + i);
  if (y.some((value, i) => value !== expected[i])) {
    await machine.close();
    throw new WebGpuError(
      "unavailable",
      `Cannot open the webgpu backend as its device must compute 3x + i = ${expected}: found ${y}`,
    );
  }
}

function proofRun(x: Operand, out: Operand): KernelRun<"x", "out"> {
  const size = sizeOf(x.shape);
  return {
    name: "proof",
    reads: { x },
    writes: { out },
    uniforms: { u32: { size }, f32: { factor: 3 } },
    workgroups: 1,
    source: ({ x, out }) =>
      entry(
        64,
        wgsl`
  if (invocation < uniforms.size) {
    ${out}[invocation] = uniforms.factor * ${x}[invocation] + f32(invocation);
  }`,
      ),
  };
}
