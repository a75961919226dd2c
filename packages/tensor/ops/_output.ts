import type { Backend } from "../backend.ts";
import type { DType } from "../dtype.ts";
import { equalShapes, formatShape, type Shape } from "../shape.ts";
import { ShapeError } from "../shape_error.ts";
import { Tensor } from "../tensor.ts";

/** What every op takes beside its operands. */
export interface OutOption {
  /** Where the result goes. Default: a new tensor, owned by the caller. */
  readonly out?: Tensor;
}

/** What an op demands of its result. */
interface Result {
  /** The op, as a verb, for messages. */
  readonly verb: string;
  readonly shape: Shape;
  /** Default: the backend's `float`. */
  readonly dtype?: DType;
  /** Inputs whose memory must not be the result's; an elementwise kernel may read what it overwrites. */
  readonly apartFrom?: readonly Tensor[];
  /** Inputs that may be the result itself, but only in its own shape. */
  readonly elementwise?: readonly (Tensor | number)[];
}

/** The given `out`, checked, or a new tensor. */
export function output(backend: Backend, out: Tensor | undefined, result: Result): Tensor {
  const { verb, shape } = result;
  const dtype = result.dtype ?? backend.float;
  if (out === undefined) return new Tensor(backend, shape, { dtype });
  assertSameBackend(verb, backend, out);
  if (out.dtype !== dtype || !equalShapes(out.shape, shape)) {
    throw new ShapeError(
      `Cannot ${verb} into out as it must be ${dtype} ${formatShape(shape)}: found ${out.dtype} ${
        formatShape(out.shape)
      }`,
    );
  }
  for (const input of result.apartFrom ?? []) {
    if (input.storage === out.storage) {
      throw new Error(`Cannot ${verb} into out as it must not share memory with an input`);
    }
  }
  for (const input of result.elementwise ?? []) {
    if (
      typeof input !== "number" && input.storage === out.storage &&
      !equalShapes(input.shape, shape)
    ) {
      throw new ShapeError(
        `Cannot ${verb} into out as an input that shares its memory must have its shape: found ${
          formatShape(input.shape)
        } and ${formatShape(shape)}`,
      );
    }
  }
  return out;
}

/** Refuses tensors of two backends in one op. */
export function assertSameBackend(verb: string, backend: Backend, other: Tensor): void {
  if (other.backend !== backend) {
    throw new TypeError(
      `Cannot ${verb} as all tensors must be on one backend: found ${backend.name} and ${other.backend.name}${
        backend.name === other.backend.name ? " (two of them)" : ""
      }`,
    );
  }
}

/** Refuses integers, and another float than the backend's, where real numbers are computed. */
export function assertFloat(verb: string, x: Tensor): void {
  if (x.dtype !== x.backend.float) {
    throw new ShapeError(
      `Cannot ${verb} as numbers must be ${x.backend.float}: found ${x.dtype} ${
        formatShape(x.shape)
      }`,
    );
  }
}

/** The first tensor of two operands, one of which may be a number. */
export function backendOf(verb: string, operands: readonly (Tensor | number)[]): Backend {
  let backend: Backend | null = null;
  for (const operand of operands) {
    if (typeof operand === "number") continue;
    if (backend === null) backend = operand.backend;
    else assertSameBackend(verb, backend, operand);
  }
  if (backend === null) {
    throw new TypeError(`Cannot ${verb} as one operand must be a tensor: found numbers only`);
  }
  return backend;
}

/** Shape of an operand; a number has none. */
export function shapeOf(operand: Tensor | number): Shape {
  return typeof operand === "number" ? [] : operand.shape;
}
