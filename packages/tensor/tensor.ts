import type { Backend, Operand, Storage } from "./backend.ts";
import { arrayOf, type DType, type NumericArray } from "./dtype.ts";
import { assertShape, equalShapes, formatShape, type Shape, sizeOf } from "./shape.ts";
import { ShapeError } from "./shape_error.ts";

/** Numbers in nested arrays of equal lengths, such as `[[1, 2], [3, 4]]`. */
export type Nested = number | readonly Nested[];

/** What {@linkcode tensor} takes beside the values. */
export interface TensorOptions {
  /** Lengths of the axes of flat values. Default: those of the nested arrays, or one axis. */
  readonly shape?: Shape;
  /** Type of the numbers. Default: `int32` for an `Int32Array`, else the backend's own `float`. */
  readonly dtype?: DType;
}

/** Storages to give back when their tensor was forgotten. */
const forgotten = new FinalizationRegistry<{ backend: Backend; storage: Storage }>(
  ({ backend, storage }) => backend.release(storage),
);

/**
 * An n-dimensional array on a backend: a shape over a storage, row-major.
 *
 * Dispose what you make (`using`, or {@linkcode Tensor.dispose}); what is forgotten is given back when
 * the garbage collector finds it. A view ({@linkcode Tensor.reshape}, {@linkcode Tensor.prefix}) shares
 * its base's numbers, keeps the base alive, and gives nothing back when disposed.
 *
 * @example
 * ```ts
 * import { tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const a = tensor(reference(), [[1, 2], [3, 4]]);
 * assertEquals(a.shape, [2, 2]);
 * a.set([1, 2, 3, 5]);
 * assertEquals(await a.data(), new Float32Array([1, 2, 3, 5]));
 * a.dispose();
 * ```
 */
export class Tensor implements Operand, Disposable {
  /** Where its numbers live. */
  readonly backend: Backend;
  /** Lengths of its axes. */
  readonly shape: Shape;
  /** Type of its numbers. */
  readonly dtype: DType;
  /** How many numbers it has. */
  readonly size: number;
  readonly #base: Tensor | null;
  #storage: Storage | null;

  /**
   * A tensor over new memory, all zero; {@linkcode zeros} and {@linkcode tensor} are shorter to write.
   *
   * @param backend Where the numbers live.
   * @param shape Lengths of the axes.
   * @param options The numbers' type, and what they are for: an error names it when memory runs out. What
   * `isActivation`, a backend may keep in fewer bits.
   * @throws {ShapeError} If a length is not a whole number of at least 1, or the size is 2⁵³ or more.
   */
  constructor(
    backend: Backend,
    shape: Shape,
    options: {
      readonly dtype?: DType;
      readonly purpose?: string;
      readonly isActivation?: boolean;
      readonly base?: Tensor;
    } = {},
  ) {
    assertShape(shape);
    this.backend = backend;
    this.shape = Object.freeze([...shape]);
    this.size = sizeOf(shape);
    this.#base = options.base ?? null;
    if (this.#base !== null) {
      if (this.size > this.#base.size) {
        throw new ShapeError(
          `Cannot view ${formatShape(this.#base.shape)} as ${
            formatShape(shape)
          } as a view must not be larger than its base: found ${this.#base.size} and ${this.size} numbers`,
        );
      }
      this.dtype = this.#base.dtype;
      this.#storage = null;
    } else {
      this.dtype = options.dtype ?? backend.float;
      const { purpose = "a tensor", isActivation = false } = options;
      const storage = backend.allocate(this.dtype, this.size, purpose, { isActivation });
      this.#storage = storage;
      forgotten.register(this, { backend, storage }, this);
    }
  }

  /**
   * The memory behind it, for kernels.
   *
   * @throws {Error} If the tensor, or the base of this view, was disposed.
   */
  get storage(): Storage {
    if (this.#base !== null) return this.#base.storage;
    if (this.#storage === null) {
      throw new Error(
        `Cannot use a tensor of shape ${
          formatShape(this.shape)
        } as its memory must still be its own: it was disposed, or replaced by a larger batch's`,
      );
    }
    return this.#storage;
  }

  /**
   * Overwrites the numbers in place.
   *
   * @param values As many numbers as the tensor has: flat, or nested in the tensor's shape.
   * @throws {ShapeError} If the count or the nesting differs.
   * @throws {RangeError} If a value for an `int32` tensor is not a 32-bit integer.
   */
  set(values: NumericArray | Uint8Array | Nested): void {
    const flat = flatten(values, this.dtype, this.shape);
    this.backend.write(this.storage, flat, 0);
  }

  /**
   * Reads the numbers, as they are when called.
   *
   * @returns A fresh array of the tensor's dtype, owned by the caller.
   */
  data(): Promise<NumericArray> {
    return this.backend.read(this.storage, 0, this.size);
  }

  /**
   * Reads the only number of a tensor of size 1.
   *
   * @returns The number.
   * @throws {ShapeError} If the tensor has more than one number.
   */
  async item(): Promise<number> {
    if (this.size !== 1) {
      throw new ShapeError(
        `Cannot read one number as the tensor must have size 1: found ${formatShape(this.shape)}`,
      );
    }
    return (await this.data())[0]!;
  }

  /**
   * The same numbers in another shape of the same size; a view.
   *
   * @param shape New lengths; one of them may be -1, for what is left.
   * @returns A view, valid as long as this tensor.
   * @throws {ShapeError} If the sizes differ.
   */
  reshape(shape: Shape): Tensor {
    const resolved = resolveShape(shape, this.size);
    if (sizeOf(resolved) !== this.size) {
      throw new ShapeError(
        `Cannot reshape ${formatShape(this.shape)} to ${
          formatShape(shape)
        } as sizes must be equal: found ${this.size} and ${sizeOf(resolved)}`,
      );
    }
    return new Tensor(this.backend, resolved, { base: this.#base ?? this });
  }

  /**
   * The first `rows` entries along the first axis; a view.
   *
   * @param rows From 1 to the first length.
   * @returns A view of shape `[rows, …]`, valid as long as this tensor.
   * @throws {ShapeError} If there are not so many rows.
   */
  prefix(rows: number): Tensor {
    if (this.shape.length === 0 || !(rows <= this.shape[0]!)) {
      throw new ShapeError(
        `Cannot take the first ${rows} rows as there must be as many: found ${
          formatShape(this.shape)
        }`,
      );
    }
    return new Tensor(this.backend, [rows, ...this.shape.slice(1)], { base: this.#base ?? this });
  }

  /** Gives the memory back; nothing happens for a view, or the second time. */
  dispose(): void {
    if (this.#storage === null) return;
    forgotten.unregister(this);
    this.backend.release(this.#storage);
    this.#storage = null;
  }

  /** As {@linkcode Tensor.dispose}, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  /**
   * What it is, without its numbers, which only {@linkcode Tensor.data} reads.
   *
   * @returns For example `Tensor float32 [2, 2] on reference`.
   */
  toString(): string {
    return `Tensor ${this.dtype} ${formatShape(this.shape)} on ${this.backend.name}`;
  }
}

/**
 * A tensor of given numbers.
 *
 * @param backend Where the numbers live.
 * @param values Nested arrays, or flat numbers with `options.shape`.
 * @param options Shape and dtype.
 * @returns A new tensor, owned by the caller.
 * @throws {ShapeError} If nested lengths differ, or the count does not fit the shape.
 * @throws {RangeError} If a value for an `int32` tensor is not a 32-bit integer.
 *
 * @example
 * ```ts
 * import { tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const backend = reference();
 * assertEquals(tensor(backend, [[1, 2, 3]]).shape, [1, 3]);
 * assertEquals(tensor(backend, new Float32Array(6), { shape: [2, 3] }).shape, [2, 3]);
 * ```
 */
export function tensor(
  backend: Backend,
  values: NumericArray | Uint8Array | Nested,
  options: TensorOptions = {},
): Tensor {
  const dtype = options.dtype ?? (values instanceof Int32Array ? "int32" : backend.float);
  const shape = options.shape ?? shapeOf(values);
  assertShape(shape);
  const flat = flatten(values, dtype, shape);
  const result = new Tensor(backend, shape, { dtype });
  backend.write(result.storage, flat, 0);
  return result;
}

/**
 * A tensor of zeros.
 *
 * @param backend Where the numbers live.
 * @param shape Lengths of the axes.
 * @param options The numbers' type; default: the backend's own `float`.
 * @returns A new tensor, owned by the caller.
 * @throws {ShapeError} If a length is not a whole number of at least 1.
 *
 * @example
 * ```ts
 * import { zeros } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(await zeros(reference(), [2]).data(), new Float32Array([0, 0]));
 * ```
 */
export function zeros(
  backend: Backend,
  shape: Shape,
  options: { readonly dtype?: DType } = {},
): Tensor {
  return new Tensor(backend, shape, options);
}

/**
 * A tensor whose numbers are all the same.
 *
 * @param backend Where the numbers live.
 * @param shape Lengths of the axes.
 * @param options The number, and its type; default: the backend's own `float`.
 * @returns A new tensor, owned by the caller.
 * @throws {ShapeError} If a length is not a whole number of at least 1.
 *
 * @example
 * ```ts
 * import { full } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(await full(reference(), [2], { value: 7 }).data(), new Float32Array([7, 7]));
 * ```
 */
export function full(
  backend: Backend,
  shape: Shape,
  options: { readonly value: number; readonly dtype?: DType },
): Tensor {
  const result = new Tensor(backend, shape, options);
  backend.fill(options.value, result);
  return result;
}

/** Lengths of nested arrays, read off the first entry of each; `flatten` checks the rest. */
function shapeOf(values: NumericArray | Uint8Array | Nested): Shape {
  if (ArrayBuffer.isView(values)) return [values.length];
  const shape: number[] = [];
  let level: Nested = values;
  while (Array.isArray(level)) {
    shape.push(level.length);
    level = level[0] as Nested;
  }
  return shape;
}

/** Values as one array of the dtype, with their count or nesting checked against the shape. */
function flatten(
  values: NumericArray | Uint8Array | Nested,
  dtype: DType,
  shape: Shape,
): NumericArray {
  const numbers = ArrayBuffer.isView(values) || isFlat(values) ? values : unnest(values, shape);
  if (numbers.length !== sizeOf(shape)) {
    throw new ShapeError(
      `Cannot fill ${formatShape(shape)} as there must be ${
        sizeOf(shape)
      } numbers: found ${numbers.length}`,
    );
  }
  if (dtype === "int32") assertIntegers(numbers);
  if (numbers.constructor === arrayOf(dtype, 0).constructor) return numbers as NumericArray;
  const flat = arrayOf(dtype, numbers.length);
  flat.set(numbers);
  return flat;
}

function isFlat(values: Nested): values is readonly number[] {
  return Array.isArray(values) && values.every((value) => typeof value === "number");
}

/** The numbers of nested arrays in order, each level's length checked against its axis. */
function unnest(values: Nested, shape: Shape): number[] {
  const numbers: number[] = [];
  const visit = (level: Nested, axis: number) => {
    if (typeof level === "number" && axis === shape.length) {
      numbers.push(level);
    } else if (Array.isArray(level) && level.length === shape[axis]) {
      for (const entry of level) visit(entry, axis + 1);
    } else {
      const found = Array.isArray(level) ? `${level.length} entries` : `${level}`;
      throw new ShapeError(
        `Cannot fill ${
          formatShape(shape)
        } as nested arrays must have its lengths: found ${found} at axis ${axis}`,
      );
    }
  };
  visit(values, 0);
  return numbers;
}

function assertIntegers(values: ArrayLike<number>): void {
  if (values instanceof Int32Array || values instanceof Uint8Array) return;
  for (let i = 0; i < values.length; i++) {
    if (values[i] !== (values[i]! | 0)) {
      throw new RangeError(
        `Cannot store ${
          values[i]
        } as int32 as it must be a whole number in [-2^31, 2^31): found at ${i}`,
      );
    }
  }
}

/** Replaces one -1 by what is left of the size, rounded down where it does not divide. */
function resolveShape(shape: Shape, size: number): Shape {
  const free = shape.indexOf(-1);
  if (free < 0) return shape;
  const others = shape.reduce(
    (product, length, axis) => axis === free ? product : product * length,
    1,
  );
  return shape.map((length, axis) => axis === free ? Math.floor(size / others) : length);
}

/**
 * Whether two tensors have the same shape and dtype and the same numbers.
 *
 * @param a A tensor.
 * @param b A tensor, possibly on another backend.
 * @returns True if all is equal; NaN equals NaN, and 0 equals -0.
 *
 * @example
 * ```ts
 * import { equalTensors, tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assert } from "@std/assert";
 *
 * const backend = reference();
 * assert(await equalTensors(tensor(backend, [1, 2]), tensor(backend, [1, 2])));
 * ```
 */
export async function equalTensors(a: Tensor, b: Tensor): Promise<boolean> {
  if (a.dtype !== b.dtype || !equalShapes(a.shape, b.shape)) return false;
  const [left, right] = await Promise.all([a.data(), b.data()]);
  return left.every((value, i) =>
    value === right[i] || (Number.isNaN(value) && Number.isNaN(right[i]))
  );
}
