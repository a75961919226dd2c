import { formatShape } from "../shape.ts";
import { ShapeError } from "../shape_error.ts";
import type { Tensor } from "../tensor.ts";
import { assertFloat, assertSameBackend, type OutOption, output } from "./_output.ts";

/** What {@linkcode matmul} takes beside its operands. */
export interface MatmulOptions extends OutOption {
  /** `a` is stored as `[k, m]`. Default: false. */
  readonly transposeA?: boolean;
  /** `b` is stored as `[n, k]`. Default: false. */
  readonly transposeB?: boolean;
  /** `[n]`, added to each row. Default: none. */
  readonly bias?: Tensor;
  /** Applied after the bias. Default: none. */
  readonly activation?: "relu";
  /** Adds the product to what `out` holds, before the activation. Default: false. */
  readonly accumulate?: boolean;
}

/**
 * Matrix product, `y[i, j] = Σₖ a[i, k] · b[k, j] (+ bias[j])`.
 *
 * @param a `[m, k]`.
 * @param b `[k, n]`.
 * @param options Transposes, what is fused behind the product, and where the result goes, which must
 * not be an input.
 * @returns `[m, n]`.
 * @throws {ShapeError} If an operand is not a matrix, inner lengths differ, the bias is not `[n]`, `out`
 * has another shape, or a dtype is `int32`.
 * @throws {Error} If `out` shares memory with an input, or `accumulate` is set without `out`.
 *
 * @example
 * ```ts
 * import { matmul, tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const a = tensor(reference(), [[1, 2], [3, 4]]);
 * assertEquals(await matmul(a, a).data(), new Float32Array([7, 10, 15, 22]));
 * assertEquals(
 *   await matmul(a, a, { transposeA: true }).data(),
 *   new Float32Array([10, 14, 14, 20]),
 * );
 * ```
 */
export function matmul(a: Tensor, b: Tensor, options: MatmulOptions = {}): Tensor {
  const { transposeA = false, transposeB = false, bias, accumulate = false, out } = options;
  const verb = "multiply matrices";
  const inputs = bias === undefined ? [a, b] : [a, b, bias];
  for (const x of inputs) {
    assertFloat(verb, x);
    assertSameBackend(verb, a.backend, x);
  }
  if (a.shape.length !== 2 || b.shape.length !== 2) {
    throw new ShapeError(
      `Cannot multiply ${formatShape(a.shape)} by ${
        formatShape(b.shape)
      } as both must be matrices: found ranks ${a.shape.length} and ${b.shape.length}`,
    );
  }
  const [m, inner] = transposeA ? [a.shape[1]!, a.shape[0]!] : [a.shape[0]!, a.shape[1]!];
  const [innerB, n] = transposeB ? [b.shape[1]!, b.shape[0]!] : [b.shape[0]!, b.shape[1]!];
  if (inner !== innerB) {
    throw new ShapeError(
      `Cannot multiply ${formatShape(a.shape)}${transposeA ? " transposed" : ""} by ${
        formatShape(b.shape)
      }${
        transposeB ? " transposed" : ""
      } as inner lengths must be equal: found ${inner} and ${innerB}`,
    );
  }
  if (bias !== undefined && (bias.shape.length !== 1 || bias.shape[0] !== n)) {
    throw new ShapeError(
      `Cannot add a bias to [${m}, ${n}] as its shape must be [${n}]: found ${
        formatShape(bias.shape)
      }`,
    );
  }
  if (accumulate && out === undefined) {
    throw new Error("Cannot accumulate a product as out must be given: found none");
  }
  const result = output(a.backend, out, { verb, shape: [m, n], apartFrom: inputs });
  a.backend.matmul(
    a,
    b,
    {
      transposeA,
      transposeB,
      accumulate,
      bias: bias ?? null,
      activation: options.activation ?? null,
    },
    result,
  );
  return result;
}
