import type { Simd } from "./kernels.ts";
import type { Machine } from "./machine.ts";
import * as convolution from "./ops/convolution.ts";
import * as elementwise from "./ops/elementwise.ts";
import * as losses from "./ops/losses.ts";
import { matmul } from "./ops/matmul.ts";
import * as movement from "./ops/movement.ts";
import * as normalization from "./ops/normalization.ts";
import * as places from "./ops/places.ts";
import * as pooling from "./ops/pooling.ts";
import { reduce } from "./ops/reduction.ts";
import * as steps from "./ops/steps.ts";
import { addressOfStorage, CpuStorage } from "./storage.ts";
import type {
  ActivationOp,
  AdagradEntry,
  AdamEntry,
  BinaryOp,
  CompareOp,
  Conv2dGeometry,
  Epilogue,
  MemoryUse,
  Operand,
  PointwiseLossOp,
  PoolGeometry,
  ReduceOp,
  RmsPropEntry,
  SgdEntry,
  StepGuard,
  Storage,
  UnaryOp,
} from "../backend.ts";
import type { CpuBackend } from "../cpu.ts";
import type { DType, NumericArray } from "../dtype.ts";

/** The contract on a machine of wasm kernels: each method is an op of `ops/`. */
export class WasmBackend implements CpuBackend {
  readonly name = "cpu";
  readonly float = "float32";
  readonly #machine: Machine;
  #sizeBytes = 0;
  #peakBytes = 0;
  #storages = 0;
  #allocations = 0;

  constructor(machine: Machine) {
    this.#machine = machine;
  }

  get simd(): Simd {
    return this.#machine.simd;
  }

  get threads(): number {
    return this.#machine.threads.count;
  }

  get memory(): MemoryUse {
    return {
      sizeBytes: this.#sizeBytes,
      peakBytes: this.#peakBytes,
      storages: this.#storages,
      allocations: this.#allocations,
    };
  }

  allocate(dtype: DType, length: number, purpose: string): Storage {
    const { heap } = this.#machine;
    if (!heap.isOpen) {
      throw new Error(`Cannot allocate ${purpose} as the backend must be open: it was closed`);
    }
    if (dtype === "float64") {
      throw new TypeError(
        `Cannot allocate ${purpose} as numbers must be float32 or int32 on the cpu backend: found float64`,
      );
    }
    const storage = new CpuStorage(heap, { dtype, length, purpose });
    this.#sizeBytes += 4 * length;
    this.#peakBytes = Math.max(this.#peakBytes, this.#sizeBytes);
    this.#storages++;
    this.#allocations++;
    return storage;
  }

  release(storage: Storage): void {
    // Forgotten tensors may be found after the backend was closed.
    if (!this.#machine.heap.isOpen) return;
    (storage as CpuStorage).release();
    this.#sizeBytes -= 4 * storage.length;
    this.#storages--;
  }

  write(storage: Storage, values: NumericArray, offset: number): void {
    const { floats, ints } = this.#machine.heap;
    const first = addressOfStorage(storage as CpuStorage) / 4 + offset;
    (storage.dtype === "int32" ? ints : floats).set(values, first);
  }

  read(storage: Storage, offset: number, length: number): Promise<NumericArray> {
    // A slice of a shared array is not shared.
    const { floats, ints } = this.#machine.heap;
    try {
      const first = addressOfStorage(storage as CpuStorage) / 4 + offset;
      const from = storage.dtype === "int32" ? ints : floats;
      return Promise.resolve(from.slice(first, first + length));
    } catch (error) {
      return Promise.reject(error);
    }
  }

  async close(): Promise<void> {
    await this.#machine.threads.close();
    this.#machine.heap.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  fill(value: number, out: Operand): void {
    elementwise.fill(this.#machine, value, out);
  }

  copy(x: Operand, out: Operand): void {
    elementwise.copy(this.#machine, x, out);
  }

  unary(op: UnaryOp, x: Operand, out: Operand, alpha = 0): void {
    elementwise.unary(this.#machine, op, { x, out, alpha });
  }

  unaryGradient(
    op: ActivationOp,
    { x, y, dy }: { readonly x: Operand; readonly y: Operand; readonly dy: Operand },
    out: Operand,
    alpha = 0,
  ): void {
    elementwise.unaryGradient(this.#machine, op, { x, y, dy, out, alpha });
  }

  binary(op: BinaryOp, a: Operand | number, b: Operand | number, out: Operand): void {
    elementwise.binary(this.#machine, op, { a, b, out });
  }

  compare(op: CompareOp, a: Operand | number, b: Operand | number, out: Operand): void {
    elementwise.compare(this.#machine, op, { a, b, out });
  }

  where(condition: Operand, a: Operand | number, b: Operand | number, out: Operand): void {
    elementwise.where(this.#machine, { condition, a, b, out });
  }

  dropout(
    x: Operand,
    options: { readonly rate: number; readonly key: number; readonly step: number },
    out: Operand,
  ): void {
    elementwise.dropout(this.#machine, x, { options, out });
  }

  reduce(op: ReduceOp, x: Operand, axes: readonly number[], out: Operand): void {
    reduce(this.#machine, op, { x, axes, out });
  }

  argReduce(op: "argmax" | "argmin", x: Operand, axis: number, out: Operand): void {
    places.argReduce(this.#machine, op, { x, axis, out });
  }

  transpose(x: Operand, permutation: readonly number[], out: Operand): void {
    movement.transpose(this.#machine, x, { permutation, out });
  }

  slice(
    x: Operand,
    options: { readonly start: readonly number[]; readonly step: readonly number[] },
    out: Operand,
  ): void {
    movement.slice(this.#machine, x, { options, out });
  }

  paste(
    x: Operand,
    options: { readonly axis: number; readonly start: number },
    out: Operand,
  ): void {
    movement.paste(this.#machine, x, { options, out });
  }

  gather(x: Operand, indices: Operand, axis: number, out: Operand): void {
    movement.gather(this.#machine, x, { indices, axis, out });
  }

  gatherGradient(dy: Operand, indices: Operand, axis: number, out: Operand): void {
    movement.gatherGradient(this.#machine, dy, { indices, axis, out });
  }

  matmul(
    a: Operand,
    b: Operand,
    options: Epilogue & {
      readonly transposeA?: boolean;
      readonly transposeB?: boolean;
      readonly accumulate?: boolean;
    },
    out: Operand,
  ): void {
    matmul(this.#machine, { a, b, out }, options);
  }

  softmax(x: Operand, out: Operand): void {
    losses.softmaxRows(this.#machine, this.#machine.kernels.softmax.softmax, x, out);
  }

  logSoftmax(x: Operand, out: Operand): void {
    losses.softmaxRows(this.#machine, this.#machine.kernels.softmax.logSoftmax, x, out);
  }

  softmaxGradient(operands: { readonly y: Operand; readonly dy: Operand }, out: Operand): void {
    losses.softmaxGradient(this.#machine, operands, out);
  }

  softmaxCrossEntropy(
    operands: {
      readonly logits: Operand;
      readonly target: Operand;
      readonly weight: Operand | null;
    },
    { labelSmoothing }: { readonly labelSmoothing: number },
    { loss, gradient }: { readonly loss: Operand; readonly gradient: Operand },
  ): void {
    losses.softmaxCrossEntropy(this.#machine, operands, { labelSmoothing, loss, gradient });
  }

  crossEntropy(p: Operand, target: Operand, out: Operand): void {
    losses.crossEntropy(this.#machine, { p, target, out });
  }

  crossEntropyGradient(p: Operand, target: Operand, out: Operand): void {
    losses.crossEntropyGradient(this.#machine, { p, target, out });
  }

  pointwiseLoss(
    op: PointwiseLossOp,
    { prediction, target }: { readonly prediction: Operand; readonly target: Operand },
    out: Operand,
    delta = 0,
  ): void {
    losses.pointwiseLoss(this.#machine, op, { prediction, target, delta, out });
  }

  pointwiseLossGradient(
    op: PointwiseLossOp,
    { prediction, target }: { readonly prediction: Operand; readonly target: Operand },
    out: Operand,
    delta = 0,
  ): void {
    losses.pointwiseLossGradient(this.#machine, op, { prediction, target, delta, out });
  }

  countCorrect(prediction: Operand, target: Operand, out: Operand): void {
    places.countCorrect(this.#machine, { prediction, target, out });
  }

  conv2d(x: Operand, kernel: Operand, options: Conv2dGeometry & Epilogue, out: Operand): void {
    convolution.conv2d(this.#machine, { x, kernel, out }, options);
  }

  conv2dInputGradient(dy: Operand, kernel: Operand, options: Conv2dGeometry, out: Operand): void {
    convolution.conv2dInputGradient(this.#machine, { dy, kernel, out }, options);
  }

  conv2dKernelGradient(x: Operand, dy: Operand, options: Conv2dGeometry, out: Operand): void {
    convolution.conv2dKernelGradient(this.#machine, { x, dy, out }, options);
  }

  maxPool2d(
    x: Operand,
    options: PoolGeometry,
    { y, indices }: { readonly y: Operand; readonly indices: Operand | null },
  ): void {
    const kernel = this.#machine.kernels.pooling.maxPool;
    pooling.poolImages(this.#machine, kernel, { x, y, indices, options });
  }

  maxPool2dGradient(
    operands: { readonly dy: Operand; readonly indices: Operand },
    _options: PoolGeometry,
    out: Operand,
  ): void {
    pooling.maxPool2dGradient(this.#machine, operands, out);
  }

  averagePool2d(x: Operand, options: PoolGeometry, out: Operand): void {
    const kernel = this.#machine.kernels.pooling.averagePool;
    pooling.poolImages(this.#machine, kernel, { x, y: out, indices: null, options });
  }

  averagePool2dGradient(dy: Operand, options: PoolGeometry, out: Operand): void {
    const kernel = this.#machine.kernels.pooling.averagePoolGradient;
    pooling.poolImages(this.#machine, kernel, { x: out, y: dy, indices: null, options });
  }

  batchNorm(
    operands: { readonly x: Operand; readonly scale: Operand; readonly shift: Operand },
    { epsilon, momentum }: { readonly epsilon: number; readonly momentum: number },
    out: {
      readonly y: Operand;
      readonly mean: Operand;
      readonly inverseDeviation: Operand;
      readonly runningMean: Operand;
      readonly runningVariance: Operand;
    },
  ): void {
    normalization.batchNorm(this.#machine, operands, { epsilon, momentum, out });
  }

  batchNormInference(
    operands: {
      readonly x: Operand;
      readonly scale: Operand;
      readonly shift: Operand;
      readonly mean: Operand;
      readonly variance: Operand;
    },
    { epsilon }: { readonly epsilon: number },
    out: Operand,
  ): void {
    normalization.batchNormInference(this.#machine, operands, { epsilon, out });
  }

  batchNormGradient(
    operands: {
      readonly x: Operand;
      readonly dy: Operand;
      readonly scale: Operand;
      readonly mean: Operand;
      readonly inverseDeviation: Operand;
    },
    out: { readonly dx: Operand | null; readonly dScale: Operand; readonly dShift: Operand },
  ): void {
    normalization.batchNormGradient(this.#machine, operands, out);
  }

  layerNorm(
    operands: { readonly x: Operand; readonly scale: Operand; readonly shift: Operand },
    { epsilon }: { readonly epsilon: number },
    out: { readonly y: Operand; readonly mean: Operand; readonly inverseDeviation: Operand },
  ): void {
    normalization.layerNorm(this.#machine, operands, { epsilon, out });
  }

  layerNormGradient(
    operands: {
      readonly x: Operand;
      readonly dy: Operand;
      readonly scale: Operand;
      readonly mean: Operand;
      readonly inverseDeviation: Operand;
    },
    out: { readonly dx: Operand | null; readonly dScale: Operand; readonly dShift: Operand },
  ): void {
    normalization.layerNormGradient(this.#machine, operands, out);
  }

  gradientNorms(gradients: readonly Operand[], out: Operand): void {
    steps.gradientNorms(this.#machine, gradients, out);
  }

  sgdStep(entries: readonly SgdEntry[], guard: StepGuard): void {
    steps.sgdStep(this.#machine, entries, guard);
  }

  adamStep(entries: readonly AdamEntry[], guard: StepGuard): void {
    steps.adamStep(this.#machine, entries, guard);
  }

  rmsPropStep(entries: readonly RmsPropEntry[], guard: StepGuard): void {
    steps.rmsPropStep(this.#machine, entries, guard);
  }

  adagradStep(entries: readonly AdagradEntry[], guard: StepGuard): void {
    steps.adagradStep(this.#machine, entries, guard);
  }
}
