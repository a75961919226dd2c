/**
 * The contract between tensors and the machine: what a backend must be able to do.
 *
 * A backend owns memory and runs kernels on it. It knows neither layers nor gradients of a network, and
 * it checks nothing: shapes, dtypes and aliases are checked once, by the functions of `ops/` above it,
 * so a kernel may trust what it gets. `reference` is the specification in loops that can be read; every
 * other backend computes the same, within the rounding of its number type, and the same suite runs
 * against all of them.
 *
 * **Operands.** A tensor is a shape over a storage, row-major from the storage's first number. The
 * storage may be longer than the shape. Numbers are of the backend's own `float` type unless a comment
 * says `int32`.
 *
 * **Order.** `write`, `read` and kernels take effect in the order of the calls. All of them queue and
 * return at once; only `read` is asynchronous, since a GPU has no synchronous read. `read` records its
 * copy when it is called, so a later kernel does not change what it delivers.
 *
 * **Outputs.** A kernel writes into what it is given and allocates nothing that outlives it. `out` may
 * be one of the inputs, with the same shape, in the elementwise kernels alone: `copy`, `unary`,
 * `unaryGradient`, `binary`, `compare`, `where`, `dropout`, `softmax`, `logSoftmax`, `softmaxGradient`.
 *
 * **Families and named kernels.** `unary`, `binary`, `compare`, `reduce` and `pointwiseLoss` are
 * families over closed unions: a new member is a row in each backend's table, and a backend that lacks
 * a row does not compile. What pays for a kernel of its own has one, each backward piece included.
 * Fusions that pay are parameters: the bias and the activation of a matrix product or a convolution,
 * softmax with cross-entropy, one call for the optimizer step of all parameters.
 *
 * **Letters.** `m n k` lengths of matrices, `n h w c` batch, height, width and channels of images
 * `[n, h, w, c]`; convolution kernels are `[h, w, in / groups, out]`. `dy` is ∂L/∂y.
 *
 * **NaN and ±Infinity** go through as in NumPy: a NaN makes `max` NaN and is what `argmax` finds first.
 *
 * @module
 */

import type { DType, FloatType, NumericArray } from "./dtype.ts";
import type { Shape } from "./shape.ts";

/** Memory of a backend, opaque to all but the backend that made it. */
export interface Storage {
  /** Type of its numbers. */
  readonly dtype: DType;
  /** How many numbers it holds. */
  readonly length: number;
}

/** A shape over a storage: what a kernel reads or writes. Every `Tensor` is one. */
export interface Operand {
  /** Where the numbers are, from the first. */
  readonly storage: Storage;
  /** Lengths of the axes. */
  readonly shape: Shape;
  /** Type of the numbers. */
  readonly dtype: DType;
}

/** Activations, which have a gradient kernel; `alpha` is a parameter of `leakyRelu` and `elu`. */
export type ActivationOp =
  | "relu"
  | "leakyRelu"
  | "elu"
  | "gelu"
  | "silu"
  | "softplus"
  | "sigmoid"
  | "tanh"
  | "arctan";

/** Functions of one number. `round` takes halves to the even neighbour; `gelu` is by `erf`. */
export type UnaryOp =
  | ActivationOp
  | "negate"
  | "absolute"
  | "sign"
  | "reciprocal"
  | "square"
  | "sqrt"
  | "exp"
  | "log"
  | "sin"
  | "cos"
  | "erf"
  | "floor"
  | "ceil"
  | "round";

/** Functions of two numbers. */
export type BinaryOp =
  | "add"
  | "subtract"
  | "multiply"
  | "divide"
  | "power"
  | "maximum"
  | "minimum";

/** Comparisons of two numbers, 1 where true and 0 where not. */
export type CompareOp =
  | "equal"
  | "notEqual"
  | "less"
  | "lessEqual"
  | "greater"
  | "greaterEqual";

/** Folds of many numbers into one. */
export type ReduceOp = "sum" | "mean" | "max" | "min" | "product";

/** Losses that are a mean over elements; `delta` is a parameter of `huber`. */
export type PointwiseLossOp =
  | "squaredError"
  | "absoluteError"
  | "huber"
  | "binaryCrossEntropyWithLogits"
  | "hinge";

/** What may be fused behind a matrix product or a convolution. */
export interface Epilogue {
  /** `[n]`, added to each row (to each pixel, for a convolution). */
  readonly bias?: Operand | null;
  /** Applied last. */
  readonly activation?: "relu" | null;
}

/** Where a convolution or a pooling window stands; what lies past the input's far edges follows from the output's shape. */
export interface WindowGeometry {
  /** Rows and columns between neighbouring windows. */
  readonly stride: readonly [height: number, width: number];
  /** Rows above and columns left of the input that count as zero (and as absent, in pooling). */
  readonly padding: readonly [top: number, left: number];
}

/** A convolution's {@linkcode WindowGeometry}, with its holes and groups. */
export interface Conv2dGeometry extends WindowGeometry {
  /** Distance between neighbouring taps; 1 is a kernel without holes. */
  readonly dilation: readonly [height: number, width: number];
  /** Channels are split into so many groups that do not see each other. */
  readonly groups: number;
}

/** A pooling's {@linkcode WindowGeometry}, with its window. */
export interface PoolGeometry extends WindowGeometry {
  /** Rows and columns of the window. */
  readonly window: readonly [height: number, width: number];
}

/** What guards the optimizer step of all parameters. */
export interface StepGuard {
  /**
   * `[parameters + 1]`: from `gradientNorms`. When the last entry is not finite, no parameter and no
   * slot changes, and `flag` is set.
   */
  readonly norms: Operand;
  /** Each gradient is scaled by `min(1, clipEach / norm)` of its own norm; `null` for no clipping. */
  readonly clipEach: number | null;
  /** All gradients are scaled by `min(1, clipGlobal / norm)` of the norm of all; `null` for no clipping. */
  readonly clipGlobal: number | null;
  /** All gradients are scaled by this too; the norms are those from before. Default: 1. */
  readonly gradientScale?: number;
  /**
   * `int32 [2]`, zeros until a gradient is not finite, then its parameter's place in the list + 1 and
   * `step`. Once set it stays, and no later step changes anything.
   */
  readonly flag: Operand;
  /** Number of this step, from 0. */
  readonly step: number;
}

/** One parameter of an optimizer step. Slots are state of the parameter's shape. */
export interface StepEntry {
  /** Overwritten by the step. */
  readonly value: Operand;
  /** ∂L/∂value, after scaling by the guard. */
  readonly gradient: Operand;
  /** Factor of the update. */
  readonly learningRate: number;
  /** Added to the gradient as `weightDecay · value`, or, if `decoupled`, `value` shrinks by `learningRate · weightDecay · value`. */
  readonly weightDecay: number;
  /** Whether decay bypasses the gradient. */
  readonly decoupled: boolean;
}

/** `v ← momentum · v + (1 − dampening) · g`, `value ← value − rate · v`; Nesterov uses `g + momentum · v`. */
export interface SgdEntry extends StepEntry {
  /** `v`, or `null` for no momentum. */
  readonly velocity: Operand | null;
  /** In `[0, 1)`. */
  readonly momentum: number;
  /** In `[0, 1)`. */
  readonly dampening: number;
  /** Looks one momentum step ahead. */
  readonly nesterov: boolean;
  /** `v ← momentum · v + rate · g`, `value ← value − v`: the velocity remembers the rates it was made with. */
  readonly rateInVelocity: boolean;
}

/** `m ← β₁m + (1−β₁)g`, `v ← β₂v + (1−β₂)g²`, `value ← value − rate · (m / c₁) / (√(v / c₂) + ε)`. */
export interface AdamEntry extends StepEntry {
  /** `m`. */
  readonly mean: Operand;
  /** `v`. */
  readonly variance: Operand;
  /** `β₁`. */
  readonly beta1: number;
  /** `β₂`. */
  readonly beta2: number;
  /** `ε`. */
  readonly epsilon: number;
  /** `c₁ = 1 − β₁ᵗ`, with `t` from 1. */
  readonly correction1: number;
  /** `c₂ = 1 − β₂ᵗ`. */
  readonly correction2: number;
}

/** `s ← αs + (1−α)g²`, `v ← momentum · v + g / (√s + ε)`, `value ← value − rate · v`. */
export interface RmsPropEntry extends StepEntry {
  /** `s`. */
  readonly square: Operand;
  /** `v`, or `null` for no momentum. */
  readonly velocity: Operand | null;
  /** `α`. */
  readonly alpha: number;
  /** `ε`. */
  readonly epsilon: number;
  /** In `[0, 1)`. */
  readonly momentum: number;
}

/** `s ← s + g²`, `value ← value − rate · g / (√s + ε)`. */
export interface AdagradEntry extends StepEntry {
  /** `s`. */
  readonly square: Operand;
  /** `ε`. */
  readonly epsilon: number;
}

/** Bytes of a backend's storages. */
export interface MemoryUse {
  /** Bytes in use. */
  readonly sizeBytes: number;
  /** The most bytes that were ever in use. */
  readonly peakBytes: number;
  /** Storages in use. */
  readonly storages: number;
  /** Storages allocated since the start, released ones included. */
  readonly allocations: number;
}

/** What a backend must be able to do; see the module's text for the rules that hold for all of it. */
export interface Backend extends AsyncDisposable {
  /** `"reference"`, `"cpu"`, `"webgpu"` …: for people and logs, never looked up. */
  readonly name: string;
  /** Type of its real numbers. */
  readonly float: FloatType;
  /** Type that activations are rounded to where they are stored, if that is another. */
  readonly activations?: FloatType | "float16";
  /** Bytes of its storages. */
  readonly memory: MemoryUse;

  // Memory ------------------------------------------------------------------------------------------

  /**
   * Memory for `length` numbers, all zero; `purpose` is what an error names when there is none left.
   * Numbers of a batch on their way through a network, or their gradients, are marked `isActivation`: a
   * backend may round these to fewer bits.
   */
  allocate(
    dtype: DType,
    length: number,
    purpose: string,
    options?: { readonly isActivation?: boolean },
  ): Storage;
  /** Gives a storage back; using it afterwards is an error of the caller's. */
  release(storage: Storage): void;
  /** Overwrites the numbers from `offset` on. */
  write(storage: Storage, values: NumericArray, offset: number): void;
  /** A fresh, unshared copy of `length` numbers from `offset` on, as they are when called. */
  read(storage: Storage, offset: number, length: number): Promise<NumericArray>;
  /**
   * Resolves when the device is not far behind what was called, so that a loop that never reads does not pile
   * up work and memory; absent where kernels have run when they return.
   */
  pace?(): Promise<void>;
  /** Ends the backend with all it holds; what is read or run afterwards throws. */
  close(): Promise<void>;

  // Elementwise -------------------------------------------------------------------------------------

  /** Every number of `out` becomes `value`. */
  fill(value: number, out: Operand): void;
  /** `out = x` number by number, converted to the dtype of `out`; sizes are equal, shapes may differ. */
  copy(x: Operand, out: Operand): void;
  /** `out = op(x)`. */
  unary(op: UnaryOp, x: Operand, out: Operand, alpha?: number): void;
  /** `out = dy · op′(x)`, given `y = op(x)` too. */
  unaryGradient(
    op: ActivationOp,
    operands: { readonly x: Operand; readonly y: Operand; readonly dy: Operand },
    out: Operand,
    alpha?: number,
  ): void;
  /** `out = op(a, b)`, broadcast to the shape of `out`. */
  binary(op: BinaryOp, a: Operand | number, b: Operand | number, out: Operand): void;
  /** `out = op(a, b) ? 1 : 0`, broadcast; `a` and `b` may both be `int32`. */
  compare(op: CompareOp, a: Operand | number, b: Operand | number, out: Operand): void;
  /** `out = condition ≠ 0 ? a : b`, broadcast. */
  where(condition: Operand, a: Operand | number, b: Operand | number, out: Operand): void;
  /** `out = hash(key, step, i) / 2³² < rate ? 0 : x / (1 − rate)` for element `i`; on `dy` it is its own gradient. */
  dropout(
    x: Operand,
    options: { readonly rate: number; readonly key: number; readonly step: number },
    out: Operand,
  ): void;

  // Reductions --------------------------------------------------------------------------------------

  /** Folds the given axes (ascending, none twice) of `x`; `out` has the size of what is left. */
  reduce(op: ReduceOp, x: Operand, axes: readonly number[], out: Operand): void;
  /** Place of the first largest (smallest) number along `axis`, as `int32`. */
  argReduce(op: "argmax" | "argmin", x: Operand, axis: number, out: Operand): void;

  // Movement (any dtype, the same for input and output) ----------------------------------------------

  /** `out.shape[i] = x.shape[permutation[i]]`. */
  transpose(x: Operand, permutation: readonly number[], out: Operand): void;
  /** `out[i, j, …] = x[start₀ + i · step₀, start₁ + j · step₁, …]`; steps may be negative. */
  slice(
    x: Operand,
    options: { readonly start: readonly number[]; readonly step: readonly number[] },
    out: Operand,
  ): void;
  /** Writes `x` into `out` at `start` along `axis`, and leaves the rest of `out`. */
  paste(x: Operand, options: { readonly axis: number; readonly start: number }, out: Operand): void;
  /** `out = x` at `indices` (`int32`) along `axis`; an index out of range gives NaN (0 for `int32`). */
  gather(x: Operand, indices: Operand, axis: number, out: Operand): void;
  /** Gradient of `gather`: `out` becomes zero, then the slices of `dy` are added at `indices`, in their order. */
  gatherGradient(dy: Operand, indices: Operand, axis: number, out: Operand): void;

  // Matrices ----------------------------------------------------------------------------------------

  /** `out [m, n] = activation(a [m, k] · b [k, n] + bias [n])`; transposed operands are stored `[k, m]`, `[n, k]`. */
  matmul(
    a: Operand,
    b: Operand,
    options: Epilogue & {
      readonly transposeA?: boolean;
      readonly transposeB?: boolean;
      /** Adds to what `out` holds, before the activation. */
      readonly accumulate?: boolean;
    },
    out: Operand,
  ): void;

  // Softmax and losses (over the last axis) -----------------------------------------------------------

  /** `out = exp(x − max x) / Σ exp(x − max x)`. */
  softmax(x: Operand, out: Operand): void;
  /** `out = x − max x − log Σ exp(x − max x)`. */
  logSoftmax(x: Operand, out: Operand): void;
  /** `out = y · (dy − Σ dy · y)`: the Jacobian's product with `dy`. */
  softmaxGradient(operands: { readonly y: Operand; readonly dy: Operand }, out: Operand): void;
  /**
   * Cross-entropy of softmax(logits `[n, classes]`), averaged over rows, into `loss []`, and its gradient
   * into `gradient [n, classes]`. `target` is `int32 [n]` (a label out of range makes the row's loss NaN)
   * or `[n, classes]`. Smoothing `s` makes targets `(1 − s) · target + s / classes`. With `weight
   * [classes]` every term of a class is scaled, and the mean divides by the sum of the targets' weights
   * (before smoothing; by `n` where targets are `[n, classes]`).
   */
  softmaxCrossEntropy(
    operands: {
      readonly logits: Operand;
      readonly target: Operand;
      readonly weight: Operand | null;
    },
    options: { readonly labelSmoothing: number },
    out: { readonly loss: Operand; readonly gradient: Operand },
  ): void;
  /** `loss [] = −Σ target · log p / n` of probabilities `[n, classes]`; a term whose target is 0 is 0, so `p = 0` is `Infinity` only where it matters. Targets as in `softmaxCrossEntropy`. */
  crossEntropy(p: Operand, target: Operand, out: Operand): void;
  /** `out = −target / (n · p)`, 0 where the target is 0. */
  crossEntropyGradient(p: Operand, target: Operand, out: Operand): void;
  /** Mean over all elements into `out []`. */
  pointwiseLoss(
    op: PointwiseLossOp,
    operands: { readonly prediction: Operand; readonly target: Operand },
    out: Operand,
    delta?: number,
  ): void;
  /** ∂loss/∂prediction. */
  pointwiseLossGradient(
    op: PointwiseLossOp,
    operands: { readonly prediction: Operand; readonly target: Operand },
    out: Operand,
    delta?: number,
  ): void;
  /** How many rows of `prediction [n, classes]` have their first largest number where `target` (`int32 [n]`, or `[n, classes]`) says, into `out []`. */
  countCorrect(prediction: Operand, target: Operand, out: Operand): void;

  // Convolution and pooling -------------------------------------------------------------------------

  /** `out [n, h, w, out] = activation(x ⋆ kernel + bias)`. */
  conv2d(
    x: Operand,
    kernel: Operand,
    options: Conv2dGeometry & Epilogue,
    out: Operand,
  ): void;
  /** ∂L/∂x. */
  conv2dInputGradient(dy: Operand, kernel: Operand, options: Conv2dGeometry, out: Operand): void;
  /** ∂L/∂kernel. */
  conv2dKernelGradient(x: Operand, dy: Operand, options: Conv2dGeometry, out: Operand): void;
  /** Largest number of each window, and its place in `x` (`int32`, flat; the first of a tie) where `indices` is given. */
  maxPool2d(
    x: Operand,
    options: PoolGeometry,
    out: { readonly y: Operand; readonly indices: Operand | null },
  ): void;
  /** Adds each `dy` where `indices` says. */
  maxPool2dGradient(
    operands: { readonly dy: Operand; readonly indices: Operand },
    options: PoolGeometry,
    out: Operand,
  ): void;
  /** Mean of the numbers of each window that lie inside `x`. */
  averagePool2d(x: Operand, options: PoolGeometry, out: Operand): void;
  /** Spreads each `dy` evenly over its window's numbers inside `x`. */
  averagePool2dGradient(dy: Operand, options: PoolGeometry, out: Operand): void;

  // Normalisation -----------------------------------------------------------------------------------

  /**
   * `y = scale · (x − mean) · inverseDeviation + shift` per channel (last axis) with the batch's mean
   * and `inverseDeviation = 1 / √(variance + ε)` (biased), both kept for the gradient. Running
   * statistics become `(1 − momentum) · running + momentum · batch`, the variance unbiased.
   */
  batchNorm(
    operands: { readonly x: Operand; readonly scale: Operand; readonly shift: Operand },
    options: { readonly epsilon: number; readonly momentum: number },
    out: {
      readonly y: Operand;
      readonly mean: Operand;
      readonly inverseDeviation: Operand;
      readonly runningMean: Operand;
      readonly runningVariance: Operand;
    },
  ): void;
  /** `out = scale · (x − mean) / √(variance + ε) + shift` per channel, with given statistics. */
  batchNormInference(
    operands: {
      readonly x: Operand;
      readonly scale: Operand;
      readonly shift: Operand;
      readonly mean: Operand;
      readonly variance: Operand;
    },
    options: { readonly epsilon: number },
    out: Operand,
  ): void;
  /** All three gradients of `batchNorm`; `dx` is skipped where it is `null`. */
  batchNormGradient(
    operands: {
      readonly x: Operand;
      readonly dy: Operand;
      readonly scale: Operand;
      readonly mean: Operand;
      readonly inverseDeviation: Operand;
    },
    out: { readonly dx: Operand | null; readonly dScale: Operand; readonly dShift: Operand },
  ): void;
  /** As `batchNorm`, over the last axis of each row, without running statistics; `mean` and `inverseDeviation` have one number a row. */
  layerNorm(
    operands: { readonly x: Operand; readonly scale: Operand; readonly shift: Operand },
    options: { readonly epsilon: number },
    out: { readonly y: Operand; readonly mean: Operand; readonly inverseDeviation: Operand },
  ): void;
  /** All three gradients of `layerNorm`; `dx` is skipped where it is `null`. */
  layerNormGradient(
    operands: {
      readonly x: Operand;
      readonly dy: Operand;
      readonly scale: Operand;
      readonly mean: Operand;
      readonly inverseDeviation: Operand;
    },
    out: { readonly dx: Operand | null; readonly dScale: Operand; readonly dShift: Operand },
  ): void;

  // Optimizer steps ---------------------------------------------------------------------------------

  /** L2 norm of each gradient, then the norm of all of them together, into `out [gradients + 1]`. A norm too large for the float type counts as not finite. */
  gradientNorms(gradients: readonly Operand[], out: Operand): void;
  /** One step of stochastic gradient descent over all parameters. */
  sgdStep(entries: readonly SgdEntry[], guard: StepGuard): void;
  /** One step of Adam (AdamW where decay is decoupled). */
  adamStep(entries: readonly AdamEntry[], guard: StepGuard): void;
  /** One step of RMSprop. */
  rmsPropStep(entries: readonly RmsPropEntry[], guard: StepGuard): void;
  /** One step of Adagrad. */
  adagradStep(entries: readonly AdagradEntry[], guard: StepGuard): void;
}
