import type { UnaryOp } from "../backend.ts";
import type { Tensor } from "../tensor.ts";
import { assertFloat, type OutOption, output } from "./_output.ts";

/** {@linkcode OutOption}, and the slope that leaky relu and elu take. */
export interface AlphaOption extends OutOption {
  /** Slope of leaky relu below 0 (default 0.01), or the negative of what elu tends to (default 1). */
  readonly alpha?: number;
}

/**
 * Number by number, `−x`.
 *
 * @param x A tensor of any shape.
 * @param options Where the result goes; it may be `x`.
 * @returns A tensor of the shape of `x`.
 * @throws {ShapeError} If `out` has another shape, or a dtype is `int32`.
 *
 * @example
 * ```ts
 * import { negate, tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor(reference(), [1, -2]);
 * assertEquals(await negate(x).data(), new Float32Array([-1, 2]));
 * ```
 */
export function negate(x: Tensor, options: OutOption = {}): Tensor {
  return unary("negate", x, options.out);
}

/**
 * Number by number, `|x|`.
 *
 * @param x A tensor of any shape.
 * @param options Where the result goes; it may be `x`.
 * @returns A tensor of the shape of `x`.
 * @throws {ShapeError} If `out` has another shape, or a dtype is `int32`.
 *
 * @example
 * ```ts
 * import { absolute, tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor(reference(), [1, -2]);
 * assertEquals(await absolute(x).data(), new Float32Array([1, 2]));
 * ```
 */
export function absolute(x: Tensor, options: OutOption = {}): Tensor {
  return unary("absolute", x, options.out);
}

/**
 * Number by number, `sign x, −1, 0 or 1`.
 *
 * @param x A tensor of any shape.
 * @param options Where the result goes; it may be `x`.
 * @returns A tensor of the shape of `x`.
 * @throws {ShapeError} If `out` has another shape, or a dtype is `int32`.
 *
 * @example
 * ```ts
 * import { sign, tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor(reference(), [3, -2]);
 * assertEquals(await sign(x).data(), new Float32Array([1, -1]));
 * ```
 */
export function sign(x: Tensor, options: OutOption = {}): Tensor {
  return unary("sign", x, options.out);
}

/**
 * Number by number, `1 / x`.
 *
 * @param x A tensor of any shape.
 * @param options Where the result goes; it may be `x`.
 * @returns A tensor of the shape of `x`.
 * @throws {ShapeError} If `out` has another shape, or a dtype is `int32`.
 *
 * @example
 * ```ts
 * import { reciprocal, tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor(reference(), [2, -4]);
 * assertEquals(await reciprocal(x).data(), new Float32Array([0.5, -0.25]));
 * ```
 */
export function reciprocal(x: Tensor, options: OutOption = {}): Tensor {
  return unary("reciprocal", x, options.out);
}

/**
 * Number by number, `x²`.
 *
 * @param x A tensor of any shape.
 * @param options Where the result goes; it may be `x`.
 * @returns A tensor of the shape of `x`.
 * @throws {ShapeError} If `out` has another shape, or a dtype is `int32`.
 *
 * @example
 * ```ts
 * import { square, tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor(reference(), [3, -2]);
 * assertEquals(await square(x).data(), new Float32Array([9, 4]));
 * ```
 */
export function square(x: Tensor, options: OutOption = {}): Tensor {
  return unary("square", x, options.out);
}

/**
 * Number by number, `√x, NaN below 0`.
 *
 * @param x A tensor of any shape.
 * @param options Where the result goes; it may be `x`.
 * @returns A tensor of the shape of `x`.
 * @throws {ShapeError} If `out` has another shape, or a dtype is `int32`.
 *
 * @example
 * ```ts
 * import { sqrt, tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor(reference(), [9, 4]);
 * assertEquals(await sqrt(x).data(), new Float32Array([3, 2]));
 * ```
 */
export function sqrt(x: Tensor, options: OutOption = {}): Tensor {
  return unary("sqrt", x, options.out);
}

/**
 * Number by number, `eˣ`.
 *
 * @param x A tensor of any shape.
 * @param options Where the result goes; it may be `x`.
 * @returns A tensor of the shape of `x`.
 * @throws {ShapeError} If `out` has another shape, or a dtype is `int32`.
 *
 * @example
 * ```ts
 * import { exp, tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor(reference(), [0, -Infinity]);
 * assertEquals(await exp(x).data(), new Float32Array([1, 0]));
 * ```
 */
export function exp(x: Tensor, options: OutOption = {}): Tensor {
  return unary("exp", x, options.out);
}

/**
 * Number by number, `ln x, NaN below 0`.
 *
 * @param x A tensor of any shape.
 * @param options Where the result goes; it may be `x`.
 * @returns A tensor of the shape of `x`.
 * @throws {ShapeError} If `out` has another shape, or a dtype is `int32`.
 *
 * @example
 * ```ts
 * import { log, tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor(reference(), [1, 0]);
 * assertEquals(await log(x).data(), new Float32Array([0, -Infinity]));
 * ```
 */
export function log(x: Tensor, options: OutOption = {}): Tensor {
  return unary("log", x, options.out);
}

/**
 * Number by number, `sin x, x in radians`.
 *
 * @param x A tensor of any shape.
 * @param options Where the result goes; it may be `x`.
 * @returns A tensor of the shape of `x`.
 * @throws {ShapeError} If `out` has another shape, or a dtype is `int32`.
 *
 * @example
 * ```ts
 * import { sin, tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor(reference(), [0, 0]);
 * assertEquals(await sin(x).data(), new Float32Array([0, 0]));
 * ```
 */
export function sin(x: Tensor, options: OutOption = {}): Tensor {
  return unary("sin", x, options.out);
}

/**
 * Number by number, `cos x, x in radians`.
 *
 * @param x A tensor of any shape.
 * @param options Where the result goes; it may be `x`.
 * @returns A tensor of the shape of `x`.
 * @throws {ShapeError} If `out` has another shape, or a dtype is `int32`.
 *
 * @example
 * ```ts
 * import { cos, tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor(reference(), [0, 0]);
 * assertEquals(await cos(x).data(), new Float32Array([1, 1]));
 * ```
 */
export function cos(x: Tensor, options: OutOption = {}): Tensor {
  return unary("cos", x, options.out);
}

/**
 * Number by number, `erf x = 2/√π ∫₀ˣ exp(−t²) dt`.
 *
 * @param x A tensor of any shape.
 * @param options Where the result goes; it may be `x`.
 * @returns A tensor of the shape of `x`.
 * @throws {ShapeError} If `out` has another shape, or a dtype is `int32`.
 *
 * @example
 * ```ts
 * import { erf, tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor(reference(), [0, Infinity]);
 * assertEquals(await erf(x).data(), new Float32Array([0, 1]));
 * ```
 */
export function erf(x: Tensor, options: OutOption = {}): Tensor {
  return unary("erf", x, options.out);
}

/**
 * Number by number, `⌊x⌋`.
 *
 * @param x A tensor of any shape.
 * @param options Where the result goes; it may be `x`.
 * @returns A tensor of the shape of `x`.
 * @throws {ShapeError} If `out` has another shape, or a dtype is `int32`.
 *
 * @example
 * ```ts
 * import { floor, tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor(reference(), [1.5, -1.5]);
 * assertEquals(await floor(x).data(), new Float32Array([1, -2]));
 * ```
 */
export function floor(x: Tensor, options: OutOption = {}): Tensor {
  return unary("floor", x, options.out);
}

/**
 * Number by number, `⌈x⌉`.
 *
 * @param x A tensor of any shape.
 * @param options Where the result goes; it may be `x`.
 * @returns A tensor of the shape of `x`.
 * @throws {ShapeError} If `out` has another shape, or a dtype is `int32`.
 *
 * @example
 * ```ts
 * import { ceil, tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor(reference(), [1.5, -0.5]);
 * assertEquals(await ceil(x).data(), new Float32Array([2, -0]));
 * ```
 */
export function ceil(x: Tensor, options: OutOption = {}): Tensor {
  return unary("ceil", x, options.out);
}

/**
 * Number by number, `x to the nearest whole number, halves to the even one`.
 *
 * @param x A tensor of any shape.
 * @param options Where the result goes; it may be `x`.
 * @returns A tensor of the shape of `x`.
 * @throws {ShapeError} If `out` has another shape, or a dtype is `int32`.
 *
 * @example
 * ```ts
 * import { round, tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor(reference(), [2.5, -1.2]);
 * assertEquals(await round(x).data(), new Float32Array([2, -1]));
 * ```
 */
export function round(x: Tensor, options: OutOption = {}): Tensor {
  return unary("round", x, options.out);
}

/**
 * Number by number, `max(0, x)`.
 *
 * @param x A tensor of any shape.
 * @param options Where the result goes; it may be `x`.
 * @returns A tensor of the shape of `x`.
 * @throws {ShapeError} If `out` has another shape, or a dtype is `int32`.
 *
 * @example
 * ```ts
 * import { relu, tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor(reference(), [3, -2]);
 * assertEquals(await relu(x).data(), new Float32Array([3, 0]));
 * ```
 */
export function relu(x: Tensor, options: OutOption = {}): Tensor {
  return unary("relu", x, options.out);
}

/**
 * Number by number, `x · Φ(x) = x/2 · (1 + erf(x/√2))`.
 *
 * @param x A tensor of any shape.
 * @param options Where the result goes; it may be `x`.
 * @returns A tensor of the shape of `x`.
 * @throws {ShapeError} If `out` has another shape, or a dtype is `int32`.
 *
 * @example
 * ```ts
 * import { gelu, tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor(reference(), [0, Infinity]);
 * assertEquals(await gelu(x).data(), new Float32Array([0, Infinity]));
 * ```
 */
export function gelu(x: Tensor, options: OutOption = {}): Tensor {
  return unary("gelu", x, options.out);
}

/**
 * Number by number, `x · σ(x)`.
 *
 * @param x A tensor of any shape.
 * @param options Where the result goes; it may be `x`.
 * @returns A tensor of the shape of `x`.
 * @throws {ShapeError} If `out` has another shape, or a dtype is `int32`.
 *
 * @example
 * ```ts
 * import { silu, tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor(reference(), [0, 0]);
 * assertEquals(await silu(x).data(), new Float32Array([0, 0]));
 * ```
 */
export function silu(x: Tensor, options: OutOption = {}): Tensor {
  return unary("silu", x, options.out);
}

/**
 * Number by number, `ln(1 + eˣ), without overflow`.
 *
 * @param x A tensor of any shape.
 * @param options Where the result goes; it may be `x`.
 * @returns A tensor of the shape of `x`.
 * @throws {ShapeError} If `out` has another shape, or a dtype is `int32`.
 *
 * @example
 * ```ts
 * import { softplus, tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor(reference(), [1000, -Infinity]);
 * assertEquals(await softplus(x).data(), new Float32Array([1000, 0]));
 * ```
 */
export function softplus(x: Tensor, options: OutOption = {}): Tensor {
  return unary("softplus", x, options.out);
}

/**
 * Number by number, `σ(x) = 1 / (1 + e⁻ˣ)`.
 *
 * @param x A tensor of any shape.
 * @param options Where the result goes; it may be `x`.
 * @returns A tensor of the shape of `x`.
 * @throws {ShapeError} If `out` has another shape, or a dtype is `int32`.
 *
 * @example
 * ```ts
 * import { sigmoid, tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor(reference(), [0, -Infinity]);
 * assertEquals(await sigmoid(x).data(), new Float32Array([0.5, 0]));
 * ```
 */
export function sigmoid(x: Tensor, options: OutOption = {}): Tensor {
  return unary("sigmoid", x, options.out);
}

/**
 * Number by number, `tanh x`.
 *
 * @param x A tensor of any shape.
 * @param options Where the result goes; it may be `x`.
 * @returns A tensor of the shape of `x`.
 * @throws {ShapeError} If `out` has another shape, or a dtype is `int32`.
 *
 * @example
 * ```ts
 * import { tanh, tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor(reference(), [0, Infinity]);
 * assertEquals(await tanh(x).data(), new Float32Array([0, 1]));
 * ```
 */
export function tanh(x: Tensor, options: OutOption = {}): Tensor {
  return unary("tanh", x, options.out);
}

/**
 * Number by number, `arctan x, in radians`.
 *
 * @param x A tensor of any shape.
 * @param options Where the result goes; it may be `x`.
 * @returns A tensor of the shape of `x`.
 * @throws {ShapeError} If `out` has another shape, or a dtype is `int32`.
 *
 * @example
 * ```ts
 * import { arctan, tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor(reference(), [0, 0]);
 * assertEquals(await arctan(x).data(), new Float32Array([0, 0]));
 * ```
 */
export function arctan(x: Tensor, options: OutOption = {}): Tensor {
  return unary("arctan", x, options.out);
}

/**
 * Number by number, `x above 0, alpha · x below`.
 *
 * @param x A tensor of any shape.
 * @param options `alpha` (default 0.01), and where the result goes; it may be `x`.
 * @returns A tensor of the shape of `x`.
 * @throws {ShapeError} If `out` has another shape, or a dtype is `int32`.
 *
 * @example
 * ```ts
 * import { leakyRelu, tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor(reference(), [3, -2]);
 * assertEquals(await leakyRelu(x, { alpha: 0.5 }).data(), new Float32Array([3, -1]));
 * ```
 */
export function leakyRelu(x: Tensor, options: AlphaOption = {}): Tensor {
  return unary("leakyRelu", x, options.out, options.alpha ?? 0.01);
}

/**
 * Number by number, `x above 0, alpha · (eˣ − 1) below`.
 *
 * @param x A tensor of any shape.
 * @param options `alpha` (default 1), and where the result goes; it may be `x`.
 * @returns A tensor of the shape of `x`.
 * @throws {ShapeError} If `out` has another shape, or a dtype is `int32`.
 *
 * @example
 * ```ts
 * import { elu, tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const x = tensor(reference(), [3, -Infinity]);
 * assertEquals(await elu(x, { alpha: 0.5 }).data(), new Float32Array([3, -0.5]));
 * ```
 */
export function elu(x: Tensor, options: AlphaOption = {}): Tensor {
  return unary("elu", x, options.out, options.alpha ?? 1);
}

function unary(op: UnaryOp, x: Tensor, out?: Tensor, alpha?: number): Tensor {
  assertFloat(op, x);
  const result = output(x.backend, out, { verb: op, shape: x.shape, elementwise: [x] });
  x.backend.unary(op, x, result, alpha);
  return result;
}
