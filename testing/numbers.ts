import { type Shape, sizeOf } from "@gradus/tensor";

/** Numbers that lie on no backend yet: real ones in a `Float32Array`, whole ones in an `Int32Array`. */
export interface Numbers {
  /** Lengths of the axes. */
  readonly shape: Shape;
  /** As many numbers as the shape has, row-major. */
  readonly values: Float32Array | Int32Array;
}

/** Real numbers; one axis unless a shape is given. */
export function floats(values: ArrayLike<number>, shape: Shape = [values.length]): Numbers {
  return { shape, values: Float32Array.from(values) };
}

/** Whole numbers; one axis unless a shape is given. */
export function integers(values: ArrayLike<number>, shape: Shape = [values.length]): Numbers {
  return { shape, values: Int32Array.from(values) };
}

/** What a kernel has to overwrite: NaN everywhere, so that a place it forgets shows. */
export function blank(shape: Shape): Numbers {
  return { shape, values: new Float32Array(sizeOf(shape)).fill(NaN) };
}

/** {@linkcode blank} for whole numbers, which have no NaN. */
export function blankIntegers(shape: Shape): Numbers {
  return { shape, values: new Int32Array(sizeOf(shape)).fill(-999_999) };
}
