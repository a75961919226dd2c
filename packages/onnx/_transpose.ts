import { type Shape, stridesOf } from "@gradus/tensor";

/** Numbers of a shape, and the order in which its axes shall stand. */
export interface Transposition {
  readonly shape: Shape;
  /** For each axis of the result, which axis it was. */
  readonly axes: readonly number[];
}

/** The numbers of an array whose axes change places: `y[i, j, …] = x[…]` with `y`'s axis `k` being `x`'s `axes[k]`. */
export function transpose(x: ArrayLike<number>, { shape, axes }: Transposition): Float32Array {
  const y = new Float32Array(x.length);
  const strides = axes.map((axis) => stridesOf(shape)[axis]!);
  const lengths = axes.map((axis) => shape[axis]!);
  const index = lengths.map(() => 0);
  let from = 0;
  for (let to = 0; to < y.length; to++) {
    y[to] = x[from]!;
    // Like the wheels of a counter: the last axis turns at each step, an earlier one when all behind it are through.
    for (let k = index.length - 1; k >= 0; k--) {
      index[k]!++;
      from += strides[k]!;
      if (index[k]! < lengths[k]!) break;
      from -= lengths[k]! * strides[k]!;
      index[k] = 0;
    }
  }
  return y;
}

/** The transposition that undoes another. */
export function inverse({ shape, axes }: Transposition): Transposition {
  return {
    shape: axes.map((axis) => shape[axis]!),
    axes: axes.map((_, axis) => axes.indexOf(axis)),
  };
}

/** `[channels, …]` of `[…, channels]`, as axes. */
export function channelsFirst(rank: number): number[] {
  return [rank - 1, ...Array(rank - 1).keys()];
}

/** `[…, channels]` of `[channels, …]`, as axes. */
export function channelsLast(rank: number): number[] {
  return [...Array(rank - 1).keys().map((axis) => axis + 1), 0];
}

/** The same of arrays that have a batch before all else. */
export function behindBatch(axes: readonly number[]): number[] {
  return [0, ...axes.map((axis) => axis + 1)];
}

/** The rows of a matrix, one for each number of an image, in the order of channels first. */
export function channelsFirstRows(image: Shape, columns: number): Transposition {
  return { shape: [...image, columns], axes: [...channelsFirst(image.length), image.length] };
}
