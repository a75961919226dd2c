import {
  arrayOf,
  type Backend,
  type DType,
  type MemoryUse,
  type NumericArray,
  type Operand,
  sizeOf,
  type Storage,
} from "@gradus/tensor";
import * as convolution from "./_kernels/convolution.ts";
import * as elementwise from "./_kernels/elementwise.ts";
import { unaryFunctions } from "./_kernels/functions.ts";
import { imagesSize } from "./_kernels/images.ts";
import * as losses from "./_kernels/losses.ts";
import { finish, matmul } from "./_kernels/matmul.ts";
import * as movement from "./_kernels/movement.ts";
import * as normalization from "./_kernels/normalization.ts";
import * as optimizerSteps from "./_kernels/optimizer_steps.ts";
import * as pooling from "./_kernels/pooling.ts";
import * as reduction from "./_kernels/reduction.ts";
import { softmaxAndLog, softmaxGradient } from "./_kernels/softmax.ts";
import { where } from "./_kernels/where.ts";
import { load, splice, store, type Stores, TfjsStorage } from "./_storage.ts";
import type { TensorFlow, TfTensor } from "./_tensorflow.ts";
import { UnsupportedError } from "./unsupported_error.ts";

export type { TensorFlow };

/** What {@linkcode tfjs} may be told. */
export interface TfjsOptions {
  /**
   * TensorFlow.js as the program imported it: `@tensorflow/tfjs`, or `@tensorflow/tfjs-core` beside a
   * package with a backend. Default: `@tensorflow/tfjs-core`, which is imported then; every copy of it
   * shares the backends of the others.
   */
  readonly tf?: TensorFlow;
  /**
   * Which backend of TensorFlow.js is set, such as `wasm` or `webgl`. Default: the one that is set
   * already, or else the one of those imported that TensorFlow.js takes for the fastest.
   */
  readonly backend?: string;
}

/**
 * Opens a backend whose kernels are composed of those of TensorFlow.js, on whichever of its backends is
 * set: it brings WebGL to browsers without WebGPU.
 *
 * It keeps the contract on `cpu` and `wasm` without exceptions. On GPUs, functions are as exact as the
 * adapter's, and whole numbers on `webgl` are so up to 2²⁴ alone. Its tensors are immutable, so that a
 * kernel allocates what it gives; all that lies between is given back at once. TensorFlow.js has to stay
 * on the backend that was set.
 *
 * @param options TensorFlow.js, and which of its backends; the defaults suit where one is imported.
 * @returns A backend named after that of TensorFlow.js, such as `tfjs-wasm`. `close()` gives its memory
 * back, and leaves TensorFlow.js as it is.
 * @throws {TypeError} If TensorFlow.js does not have the backend, or WebGL computes in float16 here.
 * @throws {Error} If the backend does not start.
 *
 * @example
 * ```ts
 * import { matmul, tensor } from "@gradus/tensor";
 * import { tfjs } from "@gradus/tfjs";
 * import * as tf from "@tensorflow/tfjs-core";
 * import "@tensorflow/tfjs-backend-cpu";
 * import { assertEquals } from "@std/assert";
 *
 * tf.enableProdMode(); // without its advice to install another package
 * const backend = await tfjs({ tf, backend: "cpu" });
 * const a = tensor(backend, [[1, 2], [3, 4]]);
 * assertEquals(await matmul(a, a).data(), new Float32Array([7, 10, 15, 22]));
 * await backend.close();
 * ```
 */
export async function tfjs(options: TfjsOptions = {}): Promise<Backend> {
  const tf = options.tf ?? await import("@tensorflow/tfjs-core");
  const names = tf.engine().backendNames();
  const { backend } = options;
  if (names.length === 0 || (backend !== undefined && !names.includes(backend))) {
    throw new TypeError(
      `Cannot open the tfjs backend as TensorFlow.js must have ${
        backend === undefined ? "a backend" : `its backend ${backend}`
      }: found ${names.join(", ") || "none, as no package with one is imported"}`,
    );
  }
  if (backend === undefined) {
    await tf.ready();
  } else if (!await tf.setBackend(backend)) {
    throw new Error(`Cannot open the tfjs backend as ${backend} must start: it did not`);
  }
  // What `floatPrecision` of tfjs answers is wrong: 16 where it is 32.
  if (tf.getBackend() === "webgl" && !tf.env().getBool("WEBGL_RENDER_FLOAT32_ENABLED")) {
    throw new TypeError(
      "Cannot open the tfjs backend on webgl as its numbers must be float32: found float16, which is all that the device draws",
    );
  }
  return new TfjsBackend(tf);
}

class TfjsBackend implements Backend {
  readonly name: string;
  readonly float = "float32";
  readonly #tf: TensorFlow;
  /** Name of the backend of TensorFlow.js. */
  readonly #under: string;
  readonly #storages = new Set<TfjsStorage>();
  #sizeBytes = 0;
  #peakBytes = 0;
  #allocations = 0;
  #isClosed = false;

  constructor(tf: TensorFlow) {
    this.#tf = tf;
    this.#under = tf.getBackend();
    this.name = `tfjs-${this.#under}`;
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
    if (this.#isClosed) {
      throw new Error(`Cannot allocate ${purpose} as the backend must be open: it was closed`);
    }
    if (dtype === "float64") {
      throw new TypeError(
        `Cannot allocate ${purpose} as numbers must be float32 or int32 on the tfjs backend: found float64`,
      );
    }
    const sizeBytes = 4 * length;
    let storage: TfjsStorage;
    try {
      storage = new TfjsStorage(dtype, this.#tf.keep(this.#tf.zeros([length], dtype)));
    } catch (cause) {
      throw new RangeError(
        `Cannot allocate ${purpose} as ${sizeBytes} bytes must be free: ${this.#sizeBytes} are in use`,
        { cause },
      );
    }
    this.#storages.add(storage);
    this.#sizeBytes += sizeBytes;
    this.#peakBytes = Math.max(this.#peakBytes, this.#sizeBytes);
    this.#allocations++;
    return storage;
  }

  release(storage: Storage): void {
    // Forgotten tensors may be found after the backend was closed.
    if (!this.#storages.delete(storage as TfjsStorage)) return;
    (storage as TfjsStorage).release();
    this.#sizeBytes -= 4 * storage.length;
  }

  write(storage: Storage, values: NumericArray, offset: number): void {
    const copy = arrayOf(storage.dtype, values.length) as Float32Array | Int32Array;
    copy.set(values);
    this.#run("write", (tf) => {
      const numbers = tf.tensor(copy, [copy.length], storage.dtype as "float32");
      splice(tf, storage as TfjsStorage, { numbers, offset });
      return [];
    });
  }

  async read(storage: Storage, offset: number, length: number): Promise<NumericArray> {
    this.#check("read");
    const tf = this.#tf;
    const part = tf.keep(tf.slice((storage as TfjsStorage).numbers, offset, length));
    try {
      // A copy, as it may be the array that the tensor itself has.
      return (await part.data<"float32" | "int32">()).slice();
    } finally {
      part.dispose();
    }
  }

  close(): Promise<void> {
    this.#isClosed = true;
    for (const storage of this.#storages) this.release(storage);
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  readonly fill: Backend["fill"] = (value, out) =>
    this.#run("fill", (tf) => {
      // `tf.fill` rounds whole numbers to float32 on GPUs.
      if (out.dtype !== "int32") return [[out, tf.fill([...out.shape], value)]];
      return [[out, tf.tensor(new Int32Array(sizeOf(out.shape)).fill(value), [...out.shape])]];
    });

  readonly copy: Backend["copy"] = (x, out) => this.#run("copy", (tf) => [[out, load(tf, x)]]);

  readonly unary: Backend["unary"] = (op, x, out, alpha = 0) =>
    this.#run("unary", (tf) => [[out, unaryFunctions[op](tf, load(tf, x), alpha)]]);

  readonly unaryGradient: Backend["unaryGradient"] = (op, operands, out, alpha = 0) =>
    this.#run("unaryGradient", (tf) => [
      [out, elementwise.unaryGradient(tf, op, { ...loadAll(tf, operands), alpha })],
    ]);

  readonly binary: Backend["binary"] = (op, a, b, out) =>
    this.#run("binary", (tf) => [
      [out, elementwise.binary(tf, op, lift(tf, a), lift(tf, b))],
    ]);

  readonly compare: Backend["compare"] = (op, a, b, out) =>
    this.#run("compare", (tf) => [
      [out, elementwise.compare(tf, op, lift(tf, a), lift(tf, b))],
    ]);

  readonly where: Backend["where"] = (condition, a, b, out) =>
    this.#run("where", (tf) => {
      const isChosen = tf.notEqual(load(tf, condition), 0);
      return [[out, where(tf, isChosen, lift(tf, a), lift(tf, b))]];
    });

  readonly dropout: Backend["dropout"] = (x, options, out) =>
    this.#run("dropout", (tf) => [[out, elementwise.dropout(tf, load(tf, x), options)]]);

  readonly reduce: Backend["reduce"] = (op, x, axes, out) =>
    this.#run("reduce", (tf) => [[out, reduction.reduce(tf, op, { x: load(tf, x), axes })]]);

  readonly argReduce: Backend["argReduce"] = (op, x, axis, out) =>
    this.#run("argReduce", (tf) => [[out, reduction.argReduce(tf, op, { x: load(tf, x), axis })]]);

  readonly transpose: Backend["transpose"] = (x, permutation, out) =>
    this.#run("transpose", (tf) => [[out, tf.transpose(load(tf, x), [...permutation])]]);

  readonly slice: Backend["slice"] = (x, options, out) =>
    this.#run("slice", (tf) => [
      [out, movement.slice(tf, load(tf, x), { ...options, shape: out.shape })],
    ]);

  readonly paste: Backend["paste"] = (x, options, out) =>
    this.#run("paste", (tf) => [
      [out, movement.paste(tf, load(tf, x), { ...options, out: load(tf, out) })],
    ]);

  readonly gather: Backend["gather"] = (x, indices, axis, out) =>
    this.#run("gather", (tf) => [
      [out, movement.gather(tf, load(tf, x), { indices: load(tf, indices), axis })],
    ]);

  readonly gatherGradient: Backend["gatherGradient"] = (dy, indices, axis, out) =>
    this.#run("gatherGradient", (tf) => {
      const options = { indices: load(tf, indices), axis, length: out.shape[axis]! };
      return [[out, movement.gatherGradient(tf, load(tf, dy), options)]];
    });

  readonly matmul: Backend["matmul"] = (a, b, options, out) =>
    this.#run("matmul", (tf) => [
      [
        out,
        matmul(tf, load(tf, a), load(tf, b), {
          transposeA: options.transposeA ?? false,
          transposeB: options.transposeB ?? false,
          addend: options.accumulate ? load(tf, out) : null,
          ...loadEpilogue(tf, options),
        }),
      ],
    ]);

  readonly softmax: Backend["softmax"] = (x, out) =>
    this.#run("softmax", (tf) => [[out, softmaxAndLog(tf, load(tf, x)).p]]);

  readonly logSoftmax: Backend["logSoftmax"] = (x, out) =>
    this.#run("logSoftmax", (tf) => [[out, softmaxAndLog(tf, load(tf, x)).logP]]);

  readonly softmaxGradient: Backend["softmaxGradient"] = (operands, out) =>
    this.#run("softmaxGradient", (tf) => [
      [out, softmaxGradient(tf, loadAll(tf, operands))],
    ]);

  readonly softmaxCrossEntropy: Backend["softmaxCrossEntropy"] = (operands, options, out) =>
    this.#run("softmaxCrossEntropy", (tf) => {
      const { weight, ...others } = operands;
      const numbers = { ...loadAll(tf, others), weight: weight && load(tf, weight) };
      return outputs(out, losses.softmaxCrossEntropy(tf, numbers, options));
    });

  readonly crossEntropy: Backend["crossEntropy"] = (p, target, out) =>
    this.#run("crossEntropy", (tf) => [
      [out, losses.crossEntropy(tf, load(tf, p), load(tf, target))],
    ]);

  readonly crossEntropyGradient: Backend["crossEntropyGradient"] = (p, target, out) =>
    this.#run("crossEntropyGradient", (tf) => [
      [out, losses.crossEntropyGradient(tf, load(tf, p), load(tf, target))],
    ]);

  readonly pointwiseLoss: Backend["pointwiseLoss"] = (op, operands, out, delta = 0) =>
    this.#run("pointwiseLoss", (tf) => [
      [out, losses.pointwiseLoss(tf, op, { ...loadAll(tf, operands), delta })],
    ]);

  readonly pointwiseLossGradient: Backend["pointwiseLossGradient"] = (
    op,
    operands,
    out,
    delta = 0,
  ) =>
    this.#run("pointwiseLossGradient", (tf) => [
      [out, losses.pointwiseLossGradient(tf, op, { ...loadAll(tf, operands), delta })],
    ]);

  readonly countCorrect: Backend["countCorrect"] = (prediction, target, out) =>
    this.#run("countCorrect", (tf) => [
      [out, losses.countCorrect(tf, load(tf, prediction), load(tf, target))],
    ]);

  readonly conv2d: Backend["conv2d"] = (x, kernel, options, out) =>
    this.#run("conv2d", (tf) => {
      const geometry = { ...options, size: imagesSize(out) };
      const y = convolution.conv2d(tf, load(tf, x), load(tf, kernel), geometry);
      return [[out, finish(tf, y, loadEpilogue(tf, options))]];
    });

  readonly conv2dInputGradient: Backend["conv2dInputGradient"] = (dy, kernel, options, out) =>
    this.#run("conv2dInputGradient", (tf) => {
      const geometry = { ...options, size: imagesSize(out) };
      const operands = [load(tf, dy), load(tf, kernel)] as const;
      return [[out, convolution.conv2dInputGradient(tf, ...operands, geometry)]];
    });

  readonly conv2dKernelGradient: Backend["conv2dKernelGradient"] = (x, dy, options, out) =>
    this.#run("conv2dKernelGradient", (tf) => {
      const [height, width] = out.shape as [number, number];
      const geometry = { ...options, size: [height, width] } as const;
      return [[out, convolution.conv2dKernelGradient(tf, load(tf, x), load(tf, dy), geometry)]];
    });

  readonly maxPool2d: Backend["maxPool2d"] = (x, options, { y, indices }) =>
    this.#run("maxPool2d", (tf) => {
      const windows = { ...options, size: imagesSize(y), hasIndices: indices !== null };
      return outputs({ y, indices }, pooling.maxPool2d(tf, load(tf, x), windows));
    });

  readonly maxPool2dGradient: Backend["maxPool2dGradient"] = (operands, options, out) =>
    this.#run("maxPool2dGradient", (tf) => {
      const windows = { ...options, shape: out.shape, size: imagesSize(operands.dy) };
      return [[out, pooling.maxPool2dGradient(tf, loadAll(tf, operands), windows)]];
    });

  readonly averagePool2d: Backend["averagePool2d"] = (x, options, out) =>
    this.#run("averagePool2d", (tf) => {
      const windows = { ...options, shape: x.shape, size: imagesSize(out) };
      return [[out, pooling.averagePool2d(tf, load(tf, x), windows)]];
    });

  readonly averagePool2dGradient: Backend["averagePool2dGradient"] = (dy, options, out) =>
    this.#run("averagePool2dGradient", (tf) => {
      const windows = { ...options, shape: out.shape, size: imagesSize(dy) };
      return [[out, pooling.averagePool2dGradient(tf, load(tf, dy), windows)]];
    });

  readonly batchNorm: Backend["batchNorm"] = (operands, options, out) =>
    this.#run("batchNorm", (tf) => {
      const { runningMean, runningVariance } = out;
      const running = loadAll(tf, { runningMean, runningVariance });
      const numbers = loadAll(tf, operands);
      return outputs(out, normalization.batchNorm(tf, numbers, { ...options, ...running }));
    });

  readonly batchNormInference: Backend["batchNormInference"] = (operands, options, out) =>
    this.#run("batchNormInference", (tf) => [
      [out, normalization.batchNormInference(tf, loadAll(tf, operands), options)],
    ]);

  readonly batchNormGradient: Backend["batchNormGradient"] = (operands, out) =>
    this.#run(
      "batchNormGradient",
      (tf) => outputs(out, normalization.batchNormGradient(tf, loadAll(tf, operands))),
    );

  readonly layerNorm: Backend["layerNorm"] = (operands, options, out) =>
    this.#run(
      "layerNorm",
      (tf) => outputs(out, normalization.layerNorm(tf, loadAll(tf, operands), options)),
    );

  readonly layerNormGradient: Backend["layerNormGradient"] = (operands, out) =>
    this.#run(
      "layerNormGradient",
      (tf) => outputs(out, normalization.layerNormGradient(tf, loadAll(tf, operands))),
    );

  readonly gradientNorms: Backend["gradientNorms"] = (gradients, out) =>
    this.#run("gradientNorms", (tf) => [
      [out, optimizerSteps.gradientNorms(tf, gradients.map((gradient) => load(tf, gradient)))],
    ]);

  readonly sgdStep: Backend["sgdStep"] = (entries, guard) =>
    this.#run("sgdStep", (tf) => optimizerSteps.sgdStep(tf, entries, guard));

  readonly adamStep: Backend["adamStep"] = (entries, guard) =>
    this.#run("adamStep", (tf) => optimizerSteps.adamStep(tf, entries, guard));

  readonly rmsPropStep: Backend["rmsPropStep"] = (entries, guard) =>
    this.#run("rmsPropStep", (tf) => optimizerSteps.rmsPropStep(tf, entries, guard));

  readonly adagradStep: Backend["adagradStep"] = (entries, guard) =>
    this.#run("adagradStep", (tf) => optimizerSteps.adagradStep(tf, entries, guard));

  /** Computes what a kernel leaves, and stores it; every tensor in between is given back. */
  #run(kernel: string, compute: (tf: TensorFlow) => Stores): void {
    this.#check(kernel);
    const tf = this.#tf;
    try {
      tf.tidy(() => compute(tf).forEach(([out, numbers]) => store(tf, numbers, out)));
    } catch (cause) {
      // TensorFlow.js has a text for it, and no type.
      const missing = String(cause).match(/Kernel '(.*)' not registered/)?.[1];
      if (missing === undefined) throw cause;
      throw new UnsupportedError({ kernel, missing, on: this.#under }, { cause });
    }
  }

  #check(kernel: string): void {
    const found = this.#tf.getBackend();
    if (found !== this.#under) {
      throw new Error(
        `Cannot run ${kernel} on ${this.name} as TensorFlow.js must stay on its backend ${this.#under}: found ${found}`,
      );
    }
  }
}

function lift(tf: TensorFlow, x: Operand | number): TfTensor | number {
  return typeof x === "number" ? x : load(tf, x);
}

function loadAll<Name extends string>(
  tf: TensorFlow,
  operands: Readonly<Record<Name, Operand>>,
): Record<Name, TfTensor> {
  return Object.fromEntries(
    Object.entries<Operand>(operands).map(([name, operand]) => [name, load(tf, operand)]),
  ) as Record<Name, TfTensor>;
}

function loadEpilogue(
  tf: TensorFlow,
  { bias, activation }: { readonly bias?: Operand | null; readonly activation?: "relu" | null },
): { bias: TfTensor | null; hasRelu: boolean } {
  return { bias: bias ? load(tf, bias) : null, hasRelu: activation === "relu" };
}

/** Numbers by name for the outputs of the same names; those that are not asked are left. */
function outputs<Name extends string>(
  out: Readonly<Record<Name, Operand | null>>,
  numbers: Readonly<Record<Name, TfTensor | null>>,
): Stores {
  return (Object.keys(out) as Name[]).flatMap((name): Stores => {
    const [place, value] = [out[name], numbers[name]];
    return place && value ? [[place, value]] : [];
  });
}
