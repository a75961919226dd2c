/**
 * The backend that specifies all others: loops that can be read, in float32 or float64, on any
 * JavaScript engine, on one thread. Sums are kept in float64 and rounded once.
 *
 * @example
 * ```ts
 * import { matmul, tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const exact = reference({ dtype: "float64" });
 * const a = tensor(exact, [[0.1, 0.2]]);
 * const b = tensor(exact, [[1], [2]]);
 * assertEquals(await matmul(a, b).item(), 0.5);
 * ```
 *
 * @module
 */

import * as convolution from "./_reference/convolution.ts";
import * as elementwise from "./_reference/elementwise.ts";
import * as losses from "./_reference/losses.ts";
import { matmul } from "./_reference/matmul.ts";
import * as movement from "./_reference/movement.ts";
import * as normalization from "./_reference/normalization.ts";
import * as optimizerSteps from "./_reference/optimizer_steps.ts";
import * as pooling from "./_reference/pooling.ts";
import * as reduction from "./_reference/reduction.ts";
import * as softmax from "./_reference/softmax.ts";
import { ReferenceStorage } from "./_reference/storage.ts";
import type { Backend, MemoryUse, Storage } from "./backend.ts";
import type { DType, FloatType, NumericArray } from "./dtype.ts";

const BYTES: Record<DType, number> = { float32: 4, float64: 8, int32: 4 };

/**
 * Opens a reference backend.
 *
 * @param options The type of its real numbers: `float32` (default), or `float64`, in which gradient
 * checks hold to 1e-8.
 * @returns A backend of its own memory; nothing needs to be closed.
 *
 * @example
 * ```ts
 * import { tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor(reference(), [0.1]);
 * assertEquals(await x.data(), new Float32Array([0.1]));
 * ```
 */
export function reference(options: { readonly dtype?: FloatType } = {}): Backend {
  const float = options.dtype ?? "float32";
  if (float !== "float32" && float !== "float64") {
    throw new TypeError(
      `Cannot open the reference backend as dtype must be float32 or float64: found ${float}`,
    );
  }
  return new ReferenceBackend(float);
}

class ReferenceBackend implements Backend {
  readonly name = "reference";
  readonly float: FloatType;
  readonly #storages = new Set<ReferenceStorage>();
  #sizeBytes = 0;
  #peakBytes = 0;
  #allocations = 0;
  #isClosed = false;

  constructor(float: FloatType) {
    this.float = float;
  }

  get memory(): MemoryUse {
    return {
      sizeBytes: this.#sizeBytes,
      peakBytes: this.#peakBytes,
      storages: this.#storages.size,
      allocations: this.#allocations,
    };
  }

  allocate(dtype: DType, length: number, purpose: string): Storage {
    const sizeBytes = BYTES[dtype] * length;
    if (this.#isClosed) {
      throw new Error(`Cannot allocate ${purpose} as the backend must be open: it was closed`);
    }
    let storage: ReferenceStorage;
    try {
      storage = new ReferenceStorage(dtype, length);
    } catch (cause) {
      throw new RangeError(
        `Cannot allocate ${purpose} as ${sizeBytes} bytes must be free: ${this.#sizeBytes} are in use`,
        { cause },
      );
    }
    this.#sizeBytes += sizeBytes;
    this.#peakBytes = Math.max(this.#peakBytes, this.#sizeBytes);
    this.#storages.add(storage);
    this.#allocations++;
    return storage;
  }

  release(storage: Storage): void {
    // Tensors may outlive their backend: what it closed with is gone already.
    if (!this.#storages.delete(storage as ReferenceStorage)) return;
    (storage as ReferenceStorage).release();
    this.#sizeBytes -= BYTES[storage.dtype] * storage.length;
  }

  write(storage: Storage, values: NumericArray, offset: number): void {
    (storage as ReferenceStorage).values.set(values, offset);
  }

  read(storage: Storage, offset: number, length: number): Promise<NumericArray> {
    return Promise.resolve((storage as ReferenceStorage).values.slice(offset, offset + length));
  }

  close(): Promise<void> {
    this.#isClosed = true;
    for (const storage of this.#storages) this.release(storage);
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  readonly fill: Backend["fill"] = elementwise.fill;
  readonly copy: Backend["copy"] = elementwise.copy;
  readonly unary: Backend["unary"] = elementwise.unary;
  readonly unaryGradient: Backend["unaryGradient"] = elementwise.unaryGradient;
  readonly binary: Backend["binary"] = elementwise.binary;
  readonly compare: Backend["compare"] = elementwise.compare;
  readonly where: Backend["where"] = elementwise.where;
  readonly dropout: Backend["dropout"] = elementwise.dropout;
  readonly reduce: Backend["reduce"] = reduction.reduce;
  readonly argReduce: Backend["argReduce"] = reduction.argReduce;
  readonly transpose: Backend["transpose"] = movement.transpose;
  readonly slice: Backend["slice"] = movement.slice;
  readonly paste: Backend["paste"] = movement.paste;
  readonly gather: Backend["gather"] = movement.gather;
  readonly gatherGradient: Backend["gatherGradient"] = movement.gatherGradient;
  readonly matmul: Backend["matmul"] = matmul;
  readonly softmax: Backend["softmax"] = softmax.softmax;
  readonly logSoftmax: Backend["logSoftmax"] = softmax.logSoftmax;
  readonly softmaxGradient: Backend["softmaxGradient"] = softmax.softmaxGradient;
  readonly softmaxCrossEntropy: Backend["softmaxCrossEntropy"] = losses.softmaxCrossEntropy;
  readonly crossEntropy: Backend["crossEntropy"] = losses.crossEntropy;
  readonly crossEntropyGradient: Backend["crossEntropyGradient"] = losses.crossEntropyGradient;
  readonly pointwiseLoss: Backend["pointwiseLoss"] = losses.pointwiseLoss;
  readonly pointwiseLossGradient: Backend["pointwiseLossGradient"] = losses.pointwiseLossGradient;
  readonly countCorrect: Backend["countCorrect"] = losses.countCorrect;
  readonly conv2d: Backend["conv2d"] = convolution.conv2d;
  readonly conv2dInputGradient: Backend["conv2dInputGradient"] = convolution.conv2dInputGradient;
  readonly conv2dKernelGradient: Backend["conv2dKernelGradient"] = convolution.conv2dKernelGradient;
  readonly maxPool2d: Backend["maxPool2d"] = pooling.maxPool2d;
  readonly maxPool2dGradient: Backend["maxPool2dGradient"] = pooling.maxPool2dGradient;
  readonly averagePool2d: Backend["averagePool2d"] = pooling.averagePool2d;
  readonly averagePool2dGradient: Backend["averagePool2dGradient"] = pooling.averagePool2dGradient;
  readonly batchNorm: Backend["batchNorm"] = normalization.batchNorm;
  readonly batchNormInference: Backend["batchNormInference"] = normalization.batchNormInference;
  readonly batchNormGradient: Backend["batchNormGradient"] = normalization.batchNormGradient;
  readonly layerNorm: Backend["layerNorm"] = normalization.layerNorm;
  readonly layerNormGradient: Backend["layerNormGradient"] = normalization.layerNormGradient;
  readonly gradientNorms: Backend["gradientNorms"] = optimizerSteps.gradientNorms;
  readonly sgdStep: Backend["sgdStep"] = optimizerSteps.sgdStep;
  readonly adamStep: Backend["adamStep"] = optimizerSteps.adamStep;
  readonly rmsPropStep: Backend["rmsPropStep"] = optimizerSteps.rmsPropStep;
  readonly adagradStep: Backend["adagradStep"] = optimizerSteps.adagradStep;
}
