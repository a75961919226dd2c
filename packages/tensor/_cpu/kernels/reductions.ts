/**
 * Kernels that fold many numbers into one. Sums and products are kept in float64.
 *
 * A fold that is cut among threads leaves an accumulator a part, which `finish` makes one of, in the
 * order of the parts.
 *
 * @module
 */

import type { FunctionBuilder, Local, Locals } from "../assembler.ts";
import type { Library } from "../library.ts";
import { f32, f32x4, f64, f64x2, i32, v128, type Value } from "../instructions.ts";
import { type Extreme, extremeOfRow, MAX, MIN } from "./extremes.ts";
import {
  demoted,
  forEachLine,
  forEachRowBlock,
  forEachVector,
  inPairs,
  insideMask,
  loadPromoted,
  promoted,
  storeVector,
} from "./vectors.ts";

type Pair = (a: Value<"v128">, b: Value<"v128">) => Value<"v128">;

/** The kernels of one fold. */
export interface Folds {
  /** Each row of contiguous numbers into one. */
  readonly rows: number;
  /** One row into an accumulator. */
  readonly stretch: number;
  /** The rows of a matrix into one row: of accumulators, and of results if asked for. */
  readonly columns: number;
  /** Rows of accumulators into a row of results. */
  readonly finish: number;
}

/** Numbers of the kernels of this file; `mean` is `sum` with a divisor. */
export interface ReductionKernels {
  readonly sum: Folds;
  readonly product: Folds;
  readonly max: Folds;
  readonly min: Folds;
  readonly sumOfSquares: number;
}

export function addReductions(library: Library): ReductionKernels {
  return {
    sum: addWideFolds(library, "sum", { take: f64x2.add, start: 0 }),
    product: addWideFolds(library, "product", { take: f64x2.mul, start: 1 }),
    max: addExtremes(library, "max", MAX),
    min: addExtremes(library, "min", MIN),
    sumOfSquares: addSumOfSquares(library),
  };
}

const ROWS = {
  x: "i32",
  rows: "i32",
  columns: "i32",
  out: "i32",
  divisor: "f64",
} as const;

const STRETCH = { x: "i32", columns: "i32", sums: "i32" } as const;

/** `out` may be 0. Rows are `stride` bytes apart. */
const COLUMNS = {
  x: "i32",
  rows: "i32",
  columns: "i32",
  stride: "i32",
  sums: "i32",
  out: "i32",
  divisor: "f64",
} as const;

/** Rows of accumulators are `stride` bytes apart. */
const FINISH = {
  sums: "i32",
  parts: "i32",
  stride: "i32",
  columns: "i32",
  out: "i32",
  divisor: "f64",
} as const;

/** Vectors that one turn of a loop takes: a cache line. */
const UNROLLED = 4;

/** Bytes of an accumulator of `sum` and `product`; the others take 4. */
export const WIDE_BYTES = 8;

/** Float64 folds; a result is divided by `divisor`. */
function addWideFolds(
  library: Library,
  name: string,
  { take, start }: { take: Pair; start: number },
): Folds {
  const foldRow = (f: FunctionBuilder, x: Local<"i32">, columns: Local<"i32">): Value<"f64"> => {
    const pairs = Array.from({ length: 2 * UNROLLED }, () => f.let(f64x2.constant(start)));
    const { row, left } = forEachLine(f, x, columns, (row) => {
      for (let u = 0; u < UNROLLED; u++) {
        loadPromoted(row, 16 * u).forEach((pair, half) => {
          f.set(pairs[2 * u + half]!, take(pairs[2 * u + half]!, pair));
        });
      }
    });
    forEachVector(f, left, (place) => {
      const x = v128.load(i32.add(row, place.offset));
      promoted(f, v128.select(insideMask(place), x, start)).forEach((pair, half) => {
        f.set(pairs[half]!, take(pairs[half]!, pair));
      });
    });
    const both = inPairs(f, pairs, take);
    return f64x2.lane(take(both, v128.shuffle(both, both, [2, 3, 0, 1])), 0);
  };
  const finish = (f: FunctionBuilder, p: Locals<typeof FINISH>) => {
    const divisor = f.let(f64x2.splat(p.divisor));
    forEachVector(f, p.columns, (place) => {
      const at = f.let(i32.add(p.sums, i32.shl(place.offset, 1)));
      const [low, high] = [f.let(f64x2.constant(start)), f.let(f64x2.constant(start))];
      forEachPart(f, p.parts, () => {
        f.set(low, take(low, v128.load(at)));
        f.set(high, take(high, v128.load(at, 16)));
        f.increase(at, p.stride);
      });
      const result = demoted(f64x2.div(low, divisor), f64x2.div(high, divisor));
      storeVector(f, p.out, result, place);
    });
  };
  return {
    rows: library.add(`${name}Rows`, { parameters: ROWS }, (f, p) => {
      forEachWholeRow(f, p, () => {
        const total = foldRow(f, p.x, p.columns);
        f.run(f32.store(p.out, f32.demote(f64.div(total, p.divisor))));
      });
    }),
    stretch: library.add(`${name}Stretch`, { parameters: STRETCH }, (f, p) => {
      f.run(f64.store(p.sums, foldRow(f, p.x, p.columns)));
    }),
    columns: library.add(`${name}Columns`, { parameters: COLUMNS }, (f, p) => {
      const sumsOf = (offset: Value<"i32">) => f.let(i32.add(p.sums, i32.shl(offset, 1)));
      forEachVector(f, p.columns, ({ offset }) => {
        const sums = sumsOf(offset);
        for (const half of [0, 16]) f.run(v128.store(sums, f64x2.constant(start), half));
      });
      const x = f.let(p.x);
      const advance = (rows: number) => f.increase(x, i32.mul(p.stride, rows));
      forEachRowBlock(f, { rows: p.rows, columns: p.columns, advance }, ({ offset }, rows) => {
        const row = f.let(i32.add(x, offset));
        // The block by itself: all that waits for the block above is one step.
        const pair = loadPromoted(row).map((half) => f.let(half));
        for (let u = 1; u < rows; u++) {
          f.increase(row, p.stride);
          loadPromoted(row).forEach((half, at) => f.set(pair[at]!, take(pair[at]!, half)));
        }
        const sums = sumsOf(offset);
        pair.forEach((half, at) => {
          f.run(v128.store(sums, take(v128.load(sums, 16 * at), half), 16 * at));
        });
      });
      f.if(p.out, () => finish(f, alone(f, p)));
    }),
    finish: library.add(`${name}Finish`, { parameters: FINISH }, finish),
  };
}

/** Float32 folds that do not round. */
function addExtremes(
  library: Library,
  name: string,
  extreme: Extreme,
): Folds {
  const { take, merge, start } = extreme;
  const foldRow = (f: FunctionBuilder, p: { x: Local<"i32">; columns: Local<"i32"> }) =>
    f32x4.lane(extremeOfRow(f, p, extreme), 0);
  const finish = (f: FunctionBuilder, p: Locals<typeof FINISH>) => {
    forEachVector(f, p.columns, (place) => {
      const at = f.let(i32.add(p.sums, place.offset));
      const best = f.let(f32x4.constant(start));
      forEachPart(f, p.parts, () => {
        f.set(best, merge(best, v128.load(at)));
        f.increase(at, p.stride);
      });
      storeVector(f, p.out, best, place);
    });
  };
  return {
    rows: library.add(`${name}Rows`, { parameters: ROWS }, (f, p) => {
      forEachWholeRow(f, p, () => f.run(f32.store(p.out, foldRow(f, p))));
    }),
    stretch: library.add(`${name}Stretch`, { parameters: STRETCH }, (f, p) => {
      f.run(f32.store(p.sums, foldRow(f, p)));
    }),
    columns: library.add(`${name}Columns`, { parameters: COLUMNS }, (f, p) => {
      forEachVector(f, p.columns, ({ offset }) => {
        f.run(v128.store(i32.add(p.sums, offset), f32x4.constant(start)));
      });
      const x = f.let(p.x);
      const advance = (rows: number) => f.increase(x, i32.mul(p.stride, rows));
      forEachRowBlock(f, { rows: p.rows, columns: p.columns, advance }, ({ offset }, rows) => {
        const row = f.let(i32.add(x, offset));
        const best = f.let(v128.load(row));
        const flaw = f.let(f32x4.ne(best, best));
        for (let u = 1; u < rows; u++) {
          f.increase(row, p.stride);
          const numbers = f.let(v128.load(row));
          f.set(best, take(best, numbers));
          f.set(flaw, v128.or(flaw, f32x4.ne(numbers, numbers)));
        }
        const sums = f.let(i32.add(p.sums, offset));
        f.run(v128.store(sums, v128.or(take(v128.load(sums), best), flaw)));
      });
      f.if(p.out, () => finish(f, alone(f, p)));
    }),
    finish: library.add(`${name}Finish`, { parameters: FINISH }, finish),
  };
}

/** What `finish` makes results of where there is one part. */
function alone(f: FunctionBuilder, p: Locals<typeof COLUMNS>): Locals<typeof FINISH> {
  return { ...p, parts: f.let(i32.constant(1)) };
}

/** Visits row after row; `x` and `out` move on. */
function forEachWholeRow(
  f: FunctionBuilder,
  p: Locals<typeof ROWS>,
  visit: () => void,
): void {
  f.while(p.rows, () => {
    visit();
    f.increase(p.x, i32.shl(p.columns, 2));
    f.increase(p.out, 4);
    f.increase(p.rows, -1);
  });
}

function forEachPart(f: FunctionBuilder, parts: Local<"i32">, visit: () => void): void {
  const left = f.let(parts);
  f.while(left, () => {
    visit();
    f.increase(left, -1);
  });
}

/** `sums = Σ x²`, a float64. */
function addSumOfSquares(library: Library): number {
  return library.add("sumOfSquares", { parameters: STRETCH }, (f, p) => {
    const pairs = Array.from({ length: 2 * UNROLLED }, () => f.let(f64x2.constant(0)));
    const take = (pair: Value<"v128">, at: number) => {
      const value = f.let(pair);
      f.set(pairs[at]!, f64x2.add(pairs[at]!, f64x2.mul(value, value)));
    };
    const { row, left } = forEachLine(f, p.x, p.columns, (row) => {
      for (let u = 0; u < UNROLLED; u++) {
        loadPromoted(row, 16 * u).forEach((pair, half) => take(pair, 2 * u + half));
      }
    });
    forEachVector(f, left, (place) => {
      const x = v128.load(i32.add(row, place.offset));
      promoted(f, v128.and(x, insideMask(place))).forEach(take);
    });
    const both = inPairs(f, pairs, f64x2.add);
    f.run(f64.store(p.sums, f64.add(f64x2.lane(both, 0), f64x2.lane(both, 1))));
  });
}
