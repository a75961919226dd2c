/**
 * The backend for every GPU: WebGPU, in Deno and in browsers. Its numbers are float32.
 *
 * Kernels are recorded and submitted together, so that nothing waits for the device but a read. What the
 * device finds wrong it says later: a {@linkcode WebGpuError}, which names kernel and shapes, comes from the
 * next call or read.
 *
 * @example
 * ```ts
 * import { add, tensor } from "@gradus/tensor";
 * import { webGpu, WebGpuError } from "@gradus/tensor/webgpu";
 * import { assertEquals } from "@std/assert";
 *
 * try {
 *   const backend = await webGpu();
 *   assertEquals(await add(tensor(backend, [1, 2]), 1).data(), new Float32Array([2, 3]));
 *   await backend.close();
 * } catch (error) {
 *   // A machine without an adapter.
 *   assertEquals((error as WebGpuError).fault, "unavailable");
 * }
 * ```
 *
 * @module
 */

import {
  type AdapterFacts,
  type AdapterOptions,
  familyFor,
  findAdapter as find,
  type KernelFamily,
  openDevice,
} from "./_webgpu/device.ts";
import { type Counters, Machine } from "./_webgpu/machine.ts";
import * as convolution from "./_webgpu/ops/convolution.ts";
import * as elementwise from "./_webgpu/ops/elementwise.ts";
import * as losses from "./_webgpu/ops/losses.ts";
import * as matmul from "./_webgpu/ops/matmul.ts";
import * as movement from "./_webgpu/ops/movement.ts";
import * as normalization from "./_webgpu/ops/normalization.ts";
import * as pooling from "./_webgpu/ops/pooling.ts";
import * as reduction from "./_webgpu/ops/reduction.ts";
import * as softmax from "./_webgpu/ops/softmax.ts";
import * as steps from "./_webgpu/ops/steps.ts";
import { proveDevice } from "./_webgpu/prove_device.ts";
import { bytesOf, type WebGpuStorage } from "./_webgpu/storage.ts";
import { WebGpuError, type WebGpuFault } from "./_webgpu/web_gpu_error.ts";
import type { Backend, MemoryUse, Storage } from "./backend.ts";
import type { DType, NumericArray } from "./dtype.ts";

export {
  type AdapterFacts,
  type AdapterOptions,
  type Counters,
  type KernelFamily,
  WebGpuError,
  type WebGpuFault,
};

/** What {@linkcode webGpu} may be told. */
export interface WebGpuOptions {
  /** Where to ask for an adapter: Dawn's from `npm:webgpu`, for example. Default: `navigator.gpu`. */
  readonly gpu?: GPU;
  /** Which adapter, where there are several. Default: `high-performance`. */
  readonly powerPreference?: GPUPowerPreference;
  /** Which programs to run. Default: what suits the adapter. */
  readonly family?: KernelFamily;
  /**
   * How activations and their gradients are kept: `float16` halves their memory and what is read and written
   * of it, where the adapter has `shader-f16`. All is still computed and added up in float32, which
   * parameters, their gradients, the state of optimizers, losses and statistics are kept in too. Numbers
   * below 2⁻²⁵ become 0: scale the loss. Default: `float32`.
   */
  readonly activations?: "float16" | "float32";
  /** The most bytes that are kept to be used again after they were given back. Default: 2²⁸. */
  readonly maximumPooledBytes?: number;
}

/** The backend that {@linkcode webGpu} opens. */
export interface WebGpuBackend extends Backend {
  /** What the runtime tells of the adapter. */
  readonly adapter: AdapterFacts;
  /** Features of the device that kernels may use. */
  readonly features: readonly string[];
  /** Which programs run. */
  readonly family: KernelFamily;
  /** How activations and their gradients are kept. */
  readonly activations: "float16" | "float32";
  /** What was done since it was opened. */
  readonly counters: Counters;
}

/**
 * Asks which adapter {@linkcode webGpu} would open, without opening it.
 *
 * @param options Which GPU.
 * @returns What the runtime tells of it; `null` where there is no adapter, or no WebGPU.
 *
 * @example
 * ```ts
 * import { findAdapter } from "@gradus/tensor/webgpu";
 * import { assert } from "@std/assert";
 *
 * const adapter = await findAdapter();
 * assert(adapter === null || typeof adapter.isFallback === "boolean");
 * ```
 */
export function findAdapter(options: AdapterOptions = {}): Promise<AdapterFacts | null> {
  return find(options);
}

/**
 * Opens a backend on a GPU, and computes something on it to see that it does.
 *
 * @param options Which GPU, and which programs; the defaults suit nearly always.
 * @returns A backend of its own device. `close()` gives its memory back; a program ends without it too.
 * @throws {WebGpuError} If there is no WebGPU, no adapter or no device, or it does not compute what it is
 * asked to.
 *
 * @example
 * ```ts
 * import { webGpu, WebGpuError } from "@gradus/tensor/webgpu";
 * import { assertEquals } from "@std/assert";
 *
 * const backend = await webGpu().catch((error: WebGpuError) => error.fault);
 * if (typeof backend === "string") {
 *   assertEquals(backend, "unavailable");
 * } else {
 *   assertEquals([backend.name, backend.float], ["webgpu", "float32"]);
 *   await backend.close();
 * }
 * ```
 */
export async function webGpu(options: WebGpuOptions = {}): Promise<WebGpuBackend> {
  const { family, activations = "float32", maximumPooledBytes = 2 ** 28 } = options;
  if (family !== undefined && family !== "registers" && family !== "workgroup") {
    throw new TypeError(
      `Cannot open the webgpu backend as family must be registers or workgroup: found ${family}`,
    );
  }
  if (activations !== "float16" && activations !== "float32") {
    throw new TypeError(
      `Cannot open the webgpu backend as activations must be float16 or float32: found ${activations}`,
    );
  }
  const { device, adapter } = await openDevice(options);
  if (activations === "float16" && !device.features.has("shader-f16")) {
    throw new WebGpuError(
      "unavailable",
      `Cannot keep activations in float16 as the adapter must have shader-f16: found ${
        [...device.features].join(", ") || "no features"
      }`,
    );
  }
  const machine = new Machine(device, {
    family: family ?? familyFor(adapter),
    maximumPooledBytes,
  });
  await proveDevice(machine);
  return new DeviceBackend(machine, { adapter, activations });
}

class DeviceBackend implements WebGpuBackend {
  readonly name: string;
  readonly float = "float32";
  readonly adapter: AdapterFacts;
  readonly features: readonly string[];
  readonly activations: "float16" | "float32";
  readonly #machine: Machine;
  #sizeBytes = 0;
  #peakBytes = 0;
  #storages = 0;
  #allocations = 0;

  constructor(
    machine: Machine,
    { adapter, activations }: Pick<WebGpuBackend, "adapter" | "activations">,
  ) {
    this.#machine = machine;
    this.name = activations === "float16" ? "webgpu-float16" : "webgpu";
    this.adapter = adapter;
    this.activations = activations;
    this.features = [...machine.device.features];
  }

  get family(): KernelFamily {
    return this.#machine.family;
  }

  get counters(): Counters {
    return this.#machine.counters;
  }

  get memory(): MemoryUse {
    return {
      sizeBytes: this.#sizeBytes,
      peakBytes: this.#peakBytes,
      storages: this.#storages,
      allocations: this.#allocations,
    };
  }

  allocate(
    dtype: DType,
    length: number,
    purpose: string,
    { isActivation = false }: { readonly isActivation?: boolean } = {},
  ): Storage {
    if (dtype === "float64") {
      throw new TypeError(
        `Cannot allocate ${purpose} as numbers must be float32 or int32 on the webgpu backend: found float64`,
      );
    }
    const isHalf = isActivation && dtype === "float32" && this.activations === "float16";
    const storage = this.#machine.allocate(dtype, length, purpose, isHalf ? 16 : 32);
    this.#sizeBytes += bytesOf(storage, length);
    this.#peakBytes = Math.max(this.#peakBytes, this.#sizeBytes);
    this.#storages++;
    this.#allocations++;
    return storage;
  }

  release(storage: Storage): void {
    this.#machine.release(storage as WebGpuStorage);
    this.#sizeBytes -= bytesOf(storage as WebGpuStorage, storage.length);
    this.#storages--;
  }

  write(storage: Storage, values: NumericArray, offset: number): void {
    this.#machine.write(storage as WebGpuStorage, values, offset);
  }

  read(storage: Storage, offset: number, length: number): Promise<NumericArray> {
    return this.#machine.read(storage as WebGpuStorage, offset, length);
  }

  pace(): Promise<void> {
    return this.#machine.pace();
  }

  close(): Promise<void> {
    return this.#machine.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  readonly fill: Backend["fill"] = (value, out) => elementwise.fill(this.#machine, value, out);
  readonly copy: Backend["copy"] = (x, out) => elementwise.copy(this.#machine, x, out);
  readonly unary: Backend["unary"] = (op, x, out, alpha = 0) =>
    elementwise.unary(this.#machine, op, { x, out, alpha });
  readonly unaryGradient: Backend["unaryGradient"] = (op, operands, out, alpha = 0) =>
    elementwise.unaryGradient(this.#machine, op, { ...operands, out, alpha });
  readonly binary: Backend["binary"] = (op, a, b, out) =>
    elementwise.binary(this.#machine, op, { a, b, out });
  readonly compare: Backend["compare"] = (op, a, b, out) =>
    elementwise.compare(this.#machine, op, { a, b, out });
  readonly where: Backend["where"] = (condition, a, b, out) =>
    elementwise.where(this.#machine, { condition, a, b, out });
  readonly dropout: Backend["dropout"] = (x, options, out) =>
    elementwise.dropout(this.#machine, x, { ...options, out });
  readonly matmul: Backend["matmul"] = (...operands) => matmul.matmul(this.#machine, ...operands);
  readonly conv2d: Backend["conv2d"] = (...operands) =>
    convolution.conv2d(this.#machine, ...operands);
  readonly conv2dInputGradient: Backend["conv2dInputGradient"] = (...operands) =>
    convolution.conv2dInputGradient(this.#machine, ...operands);
  readonly conv2dKernelGradient: Backend["conv2dKernelGradient"] = (...operands) =>
    convolution.conv2dKernelGradient(this.#machine, ...operands);
  readonly reduce: Backend["reduce"] = (...operands) =>
    reduction.reduce(this.#machine, ...operands);
  readonly argReduce: Backend["argReduce"] = (...operands) =>
    reduction.argReduce(this.#machine, ...operands);
  readonly transpose: Backend["transpose"] = (...operands) =>
    movement.transpose(this.#machine, ...operands);
  readonly slice: Backend["slice"] = (...operands) => movement.slice(this.#machine, ...operands);
  readonly paste: Backend["paste"] = (...operands) => movement.paste(this.#machine, ...operands);
  readonly gather: Backend["gather"] = (...operands) => movement.gather(this.#machine, ...operands);
  readonly gatherGradient: Backend["gatherGradient"] = (...operands) =>
    movement.gatherGradient(this.#machine, ...operands);
  readonly softmax: Backend["softmax"] = (...operands) =>
    softmax.softmax(this.#machine, ...operands);
  readonly logSoftmax: Backend["logSoftmax"] = (...operands) =>
    softmax.logSoftmax(this.#machine, ...operands);
  readonly softmaxGradient: Backend["softmaxGradient"] = (...operands) =>
    softmax.softmaxGradient(this.#machine, ...operands);
  readonly softmaxCrossEntropy: Backend["softmaxCrossEntropy"] = (...operands) =>
    losses.softmaxCrossEntropy(this.#machine, ...operands);
  readonly crossEntropy: Backend["crossEntropy"] = (...operands) =>
    losses.crossEntropy(this.#machine, ...operands);
  readonly crossEntropyGradient: Backend["crossEntropyGradient"] = (...operands) =>
    losses.crossEntropyGradient(this.#machine, ...operands);
  readonly pointwiseLoss: Backend["pointwiseLoss"] = (...operands) =>
    losses.pointwiseLoss(this.#machine, ...operands);
  readonly pointwiseLossGradient: Backend["pointwiseLossGradient"] = (...operands) =>
    losses.pointwiseLossGradient(this.#machine, ...operands);
  readonly countCorrect: Backend["countCorrect"] = (...operands) =>
    losses.countCorrect(this.#machine, ...operands);
  readonly maxPool2d: Backend["maxPool2d"] = (...operands) =>
    pooling.maxPool2d(this.#machine, ...operands);
  readonly maxPool2dGradient: Backend["maxPool2dGradient"] = (...operands) =>
    pooling.maxPool2dGradient(this.#machine, ...operands);
  readonly averagePool2d: Backend["averagePool2d"] = (...operands) =>
    pooling.averagePool2d(this.#machine, ...operands);
  readonly averagePool2dGradient: Backend["averagePool2dGradient"] = (...operands) =>
    pooling.averagePool2dGradient(this.#machine, ...operands);
  readonly batchNorm: Backend["batchNorm"] = (...operands) =>
    normalization.batchNorm(this.#machine, ...operands);
  readonly batchNormInference: Backend["batchNormInference"] = (...operands) =>
    normalization.batchNormInference(this.#machine, ...operands);
  readonly batchNormGradient: Backend["batchNormGradient"] = (...operands) =>
    normalization.batchNormGradient(this.#machine, ...operands);
  readonly layerNorm: Backend["layerNorm"] = (...operands) =>
    normalization.layerNorm(this.#machine, ...operands);
  readonly layerNormGradient: Backend["layerNormGradient"] = (...operands) =>
    normalization.layerNormGradient(this.#machine, ...operands);
  readonly gradientNorms: Backend["gradientNorms"] = (...operands) =>
    steps.gradientNorms(this.#machine, ...operands);
  readonly sgdStep: Backend["sgdStep"] = (...operands) => steps.sgdStep(this.#machine, ...operands);
  readonly adamStep: Backend["adamStep"] = (...operands) =>
    steps.adamStep(this.#machine, ...operands);
  readonly rmsPropStep: Backend["rmsPropStep"] = (...operands) =>
    steps.rmsPropStep(this.#machine, ...operands);
  readonly adagradStep: Backend["adagradStep"] = (...operands) =>
    steps.adagradStep(this.#machine, ...operands);
}
