import { type Backend, type Shape, sizeOf, Tensor } from "@gradus/tensor";

/** `a`, `b` and `c` of `a · x + b · x³ + c · x⁵`, as Keller Jordan found them. */
const QUINTIC = [3.4445, -4.775, 2.0315] as const;

/** Keeps a matrix of zeros what it is. */
const EPSILON = 1e-7;

/** A matrix, and the memory that its iterations work in. */
interface Workspace {
  /** `[rows, columns]`. */
  readonly x: Tensor;
  /** Its norm's place among all norms. */
  readonly divisor: Tensor;
  /** Another of the same shape. */
  readonly y: Tensor;
  /** `xᵀx` or `x xᵀ`, whichever is smaller. */
  readonly gram: Tensor;
  /** A polynomial of it. */
  readonly polynomial: Tensor;
}

/**
 * Makes matrices orthogonal, or nearly so: each singular value becomes one between about 0.7 and 1.2, the
 * singular vectors stay.
 *
 * First a matrix is divided by its norm, so that no singular value is above 1. Each iteration then takes
 * `x ← a · x + b · x xᵀx + c · x (xᵀx)²`, which is `a · σ + b · σ³ + c · σ⁵` for each singular value: a
 * polynomial that is steep at 0 and near 1 around 1.
 *
 * All memory is allocated when it is made.
 */
export class Orthogonalizer {
  readonly #backend: Backend;
  readonly #iterations: number;
  readonly #workspaces = new Map<Tensor, Workspace>();

  /**
   * @param matrices The tensors whose numbers will be overwritten; the last axis are the columns, all
   * others are the rows.
   */
  constructor(matrices: readonly Tensor[], { iterations }: { readonly iterations: number }) {
    this.#iterations = iterations;
    this.#backend = matrices[0]!.backend;
    const sizes = matrices.map(({ shape }) => matrixShape(shape));
    const scratch = (purpose: string, shapeOf: (size: Shape) => Shape) => {
      const largest = Math.max(...sizes.map((size) => sizeOf(shapeOf(size))));
      const base = new Tensor(this.#backend, [largest], { purpose });
      return (size: Shape) => new Tensor(this.#backend, shapeOf(size), { base });
    };
    const small = (size: Shape): Shape => [Math.min(...size), Math.min(...size)];
    const y = scratch("an orthogonal matrix", (size) => size);
    const gram = scratch("inner products of a matrix", small);
    const polynomial = scratch("a polynomial of inner products", small);
    const divisor = scratch("the norm of a matrix", () => [1]);
    matrices.forEach((base, place) => {
      const size = sizes[place]!;
      const x = new Tensor(this.#backend, size, { base });
      this.#workspaces.set(base, {
        ...{ x, y: y(size), gram: gram(size), polynomial: polynomial(size) },
        divisor: divisor(size),
      });
    });
  }

  /**
   * Replaces a matrix by minus the orthogonal one.
   *
   * @param matrix One of those that it was made for.
   * @param norms Norms of matrices, this one's at `place`.
   */
  run(matrix: Tensor, norms: Tensor, place: number): void {
    const backend = this.#backend;
    const workspace = this.#workspaces.get(matrix)!;
    const { divisor, gram, polynomial } = workspace;
    let { x, y } = workspace;
    backend.slice(norms, { start: [place], step: [1] }, divisor);
    backend.binary("subtract", -EPSILON, divisor, divisor);
    backend.binary("divide", x, divisor, x);
    const [a, b, c] = QUINTIC;
    const isTall = x.shape[0]! > x.shape[1]!;
    for (let iteration = 0; iteration < this.#iterations; iteration++) {
      backend.matmul(x, x, isTall ? { transposeA: true } : { transposeB: true }, gram);
      backend.matmul(gram, gram, {}, polynomial);
      backend.binary("multiply", polynomial, c, polynomial);
      backend.binary("multiply", gram, b, gram);
      backend.binary("add", polynomial, gram, polynomial);
      backend.binary("multiply", x, a, y);
      const [left, right] = isTall ? [x, polynomial] : [polynomial, x];
      backend.matmul(left, right, { accumulate: true }, y);
      [x, y] = [y, x];
    }
    if (x !== workspace.x) backend.copy(x, workspace.x);
  }
}

/** `[all but the last axis, the last one]`. */
export function matrixShape(shape: Shape): Shape {
  const columns = shape.at(-1)!;
  return [sizeOf(shape) / columns, columns];
}
