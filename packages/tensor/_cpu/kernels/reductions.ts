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
import {
  f32,
  f32x4,
  f64,
  f64x2,
  i32,
  i32x4,
  type Term,
  v128,
  type Value,
} from "../instructions.ts";
import { type Extreme, extremeFold, type Leader, MAX, MIN } from "./extremes.ts";
import {
  demoted,
  type Fold,
  foldLanes,
  foldRow,
  foldRows,
  forEachRowGroup,
  forEachVector,
  inPairs,
  insideMask,
  LINE,
  loadPromoted,
  promoted,
  storeVector,
  STREAMS,
  type VectorPlace,
} from "./vectors.ts";

type Vector = Value<"v128">;
type Pair = (a: Vector, b: Vector) => Vector;

/** How numbers are folded in float64, and the fold of none. */
interface Wide {
  readonly take: Pair;
  readonly start: number;
  /**
   * Folds four neighbours in float32 first, so that a quarter of the conversions remain, which a fold
   * would wait for; each number is rounded twice. What is not finite then is folded again without:
   * numbers may be too large together for float32 alone.
   */
  readonly takeFirst?: Pair;
}

const SUM: Wide = { take: f64x2.add, start: 0, takeFirst: f32x4.add };
const PRODUCT: Wide = { take: f64x2.mul, start: 1 };

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
  /** Bytes of an accumulator of a column. */
  readonly accumulatorBytes: number;
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
    sum: addWideFolds(library, "sum", SUM),
    product: addWideFolds(library, "product", PRODUCT),
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

/** Bytes of an accumulator of `sum` and `product`; the others take 4. */
export const WIDE_BYTES = 8;

/** Two float64 accumulators: of lanes 0 and 1, and of lanes 2 and 3. */
type Pairs = readonly [Local<"v128">, Local<"v128">];

/** A fold in float64, of numbers or of what `change` makes of them. */
function wideFold(
  { take, start, takeFirst }: Wide,
  change = (_: FunctionBuilder, pair: Value<"v128">): Value<"v128"> => pair,
): Fold<Pairs> {
  const join = (f: FunctionBuilder, state: Pairs, pairs: readonly Value<"v128">[]) =>
    pairs.forEach((pair, half) => f.set(state[half]!, take(state[half]!, pair)));
  const takeNumbers = (f: FunctionBuilder, state: Pairs, pairs: readonly Value<"v128">[]) =>
    join(f, state, pairs.map((pair) => change(f, pair)));
  return {
    start: (f) => [f.let(f64x2.constant(start)), f.let(f64x2.constant(start))],
    takeLine: (f, state, address) => {
      if (takeFirst === undefined) {
        for (const offset of LINE) takeNumbers(f, state, loadPromoted(address, offset));
        return;
      }
      const vectors = LINE.map((offset) => f.let(v128.load(address, offset)));
      takeNumbers(f, state, promoted(f, inPairs(f, vectors, takeFirst)));
    },
    takeInside: (f, state, { vector, place }) =>
      takeNumbers(f, state, promoted(f, v128.select(insideMask(place), vector, start))),
    join,
  };
}

/** Each four neighbours folded. */
function foursOf(
  f: FunctionBuilder,
  vectors: readonly Local<"v128">[],
  take: Pair,
): Local<"v128">[] {
  return vectors.flatMap((_, at) =>
    at % 4 === 0 ? [inPairs(f, vectors.slice(at, at + 4), take)] : []
  );
}

/** Both lanes of both accumulators as one number. */
function total(f: FunctionBuilder, [low, high]: Pairs, take: Pair): Value<"f64"> {
  const both = f.let(take(low, high));
  return f64x2.lane(take(both, v128.shuffle(both, both, [2, 3, 0, 1])), 0);
}

/** Where the accumulators of a vector of columns are. */
function sumsOf(f: FunctionBuilder, sums: Local<"i32">, { offset }: VectorPlace): Local<"i32"> {
  return f.let(i32.add(sums, i32.shl(offset, 1)));
}

/** Whether an accumulator of a column is NaN or infinite: less itself, it is not 0. */
function anyIsNotFinite(f: FunctionBuilder, p: Locals<typeof COLUMNS>): Value<"i32"> {
  const flaws = f.let(i32x4.constant(0));
  forEachVector(f, p.columns, (place) => {
    const at = sumsOf(f, p.sums, place);
    const [low, high] = [f.let(v128.load(at)), f.let(v128.load(at, 16))];
    const rest = demoted(f64x2.sub(low, low), f64x2.sub(high, high));
    f.set(flaws, v128.or(flaws, v128.and(rest, insideMask(place))));
  });
  return i32x4.bitmask(i32x4.ne(flaws, 0));
}

/** Float64 folds; a result is divided by `divisor`. */
function addWideFolds(library: Library, name: string, wide: Wide): Folds {
  const { take, start, takeFirst } = wide;
  const fold = wideFold(wide);
  const exactFold = wideFold({ take, start });
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
  /** All rows into accumulators. */
  const foldColumns = (f: FunctionBuilder, p: Locals<typeof COLUMNS>, isExact: boolean) => {
    forEachVector(f, p.columns, (place) => {
      const sums = sumsOf(f, p.sums, place);
      for (const half of [0, 16]) f.run(v128.store(sums, f64x2.constant(start), half));
    });
    forEachVectorOfRows(f, p, isExact ? 1 : ROWS_AT_A_TIME, (place, vectors) => {
      const inFours = takeFirst !== undefined && vectors.length > 1;
      const wide = (inFours ? foursOf(f, vectors, takeFirst) : vectors)
        .map((vector) => promoted(f, vector));
      const sums = sumsOf(f, p.sums, place);
      [0, 1].forEach((half) => {
        const folded = wide.map((pairs) => pairs[half]!).reduce(take);
        f.run(v128.store(sums, take(v128.load(sums, 16 * half), folded), 16 * half));
      });
    });
  };
  return {
    rows: library.add(`${name}Rows`, { parameters: ROWS }, (f, p) => {
      const keep = (state: Pairs, out: Local<"i32">) =>
        f.run(f32.store(out, f32.demote(f64.div(total(f, state, take), p.divisor))));
      forEachFoldedRow(f, p, fold, keep);
      if (takeFirst === undefined) return;
      f.while(p.rows, () => {
        const found = f.let(f32.load(p.out));
        f.if(f32.ne(f32.sub(found, found), 0), () => keep(foldRow(f, exactFold, p), p.out));
        f.increase(p.x, i32.shl(p.columns, 2));
        f.increase(p.out, 4);
        f.increase(p.rows, -1);
      });
    }),
    stretch: library.add(`${name}Stretch`, { parameters: STRETCH }, (f, p) => {
      const found = f.let(total(f, foldRow(f, fold, p), take));
      if (takeFirst !== undefined) {
        f.if(f64.ne(f64.sub(found, found), 0), () => {
          f.set(found, total(f, foldRow(f, exactFold, p), take));
        });
      }
      f.run(f64.store(p.sums, found));
    }),
    columns: library.add(`${name}Columns`, { parameters: COLUMNS }, (f, p) => {
      foldColumns(f, p, false);
      if (takeFirst !== undefined) {
        f.if(anyIsNotFinite(f, p), () => foldColumns(f, p, true));
      }
      f.if(p.out, () => finish(f, alone(f, p)));
    }),
    finish: library.add(`${name}Finish`, { parameters: FINISH }, finish),
    accumulatorBytes: WIDE_BYTES,
  };
}

/** Float32 folds that do not round. */
function addExtremes(library: Library, name: string, extreme: Extreme): Folds {
  const { take, merge, start } = extreme;
  const fold = extremeFold(extreme);
  const found = (f: FunctionBuilder, { best, flaw }: Leader) =>
    f32x4.lane(foldLanes(f, v128.or(best, flaw), merge), 0);
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
      forEachFoldedRow(f, p, fold, (state, out) => f.run(f32.store(out, found(f, state))));
    }),
    stretch: library.add(`${name}Stretch`, { parameters: STRETCH }, (f, p) => {
      f.run(f32.store(p.sums, found(f, foldRow(f, fold, p))));
    }),
    columns: library.add(`${name}Columns`, { parameters: COLUMNS }, (f, p) => {
      forEachVector(f, p.columns, ({ offset }) => {
        f.run(v128.store(i32.add(p.sums, offset), f32x4.constant(start)));
      });
      forEachVectorOfRows(f, p, ROWS_AT_A_TIME, ({ offset }, vectors) => {
        const best = inPairs(f, vectors, take);
        const flaw = f.let(vectors.map((x) => f32x4.ne(x, x)).reduce(v128.or));
        const sums = f.let(i32.add(p.sums, offset));
        f.run(v128.store(sums, v128.or(take(v128.load(sums), best), flaw)));
      });
      f.if(p.out, () => finish(f, alone(f, p)));
    }),
    finish: library.add(`${name}Finish`, { parameters: FINISH }, finish),
    accumulatorBytes: 4,
  };
}

/** What `finish` makes results of where there is one part. */
function alone(f: FunctionBuilder, p: Locals<typeof COLUMNS>): Locals<typeof FINISH> {
  return { ...p, parts: f.let(i32.constant(1)) };
}

/** Folds the rows of a matrix; `keep` is told where the result of each goes. */
function forEachFoldedRow<State>(
  f: FunctionBuilder,
  p: Locals<typeof ROWS>,
  fold: Fold<State>,
  keep: (state: State, out: Local<"i32">) => void,
): void {
  const { columns } = p;
  const [x, to] = [f.let(p.x), f.let(p.out)];
  const stride = f.let(i32.shl(columns, 2));
  const count = f.let(i32.divU(p.rows, STREAMS));
  const apart = f.let(i32.mul(count, stride));
  const left = f.let(count);
  const advance = (rows: Term<"i32">) => {
    f.increase(x, i32.mul(stride, rows));
    f.increase(to, i32.mul(4, rows));
  };
  f.while(left, () => {
    const out = f.let(to);
    for (const state of foldRows(f, fold, { x, apart, columns })) {
      keep(state, out);
      f.increase(out, i32.shl(count, 2));
    }
    advance(1);
    f.increase(left, -1);
  });
  advance(i32.mul(count, STREAMS - 1));
  f.set(left, i32.remU(p.rows, STREAMS));
  f.while(left, () => {
    keep(foldRow(f, fold, { x, columns }), to);
    advance(1);
    f.increase(left, -1);
  });
}

/** The more rows, the less often accumulators are fetched and put back. */
const ROWS_AT_A_TIME = 8;

/** Visits the vectors of the columns, those of some rows together, which are read side by side. */
function forEachVectorOfRows(
  f: FunctionBuilder,
  p: Locals<typeof COLUMNS>,
  groupRows: number,
  visit: (place: VectorPlace, vectors: readonly Local<"v128">[]) => void,
): void {
  const x = f.let(p.x);
  const advance = (rows: Term<"i32">) => f.increase(x, i32.mul(p.stride, rows));
  forEachRowGroup(f, { ...p, advance, groupRows }, (place, { rows, step }) => {
    const row = f.let(i32.add(x, place.offset));
    const vectors = Array.from({ length: rows }, (_, at) => {
      if (at > 0) f.increase(row, step);
      return f.let(v128.load(row));
    });
    visit(place, vectors);
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
  const fold = wideFold({ take: f64x2.add, start: 0 }, (f, pair) => {
    const value = f.let(pair);
    return f64x2.mul(value, value);
  });
  return library.add("sumOfSquares", { parameters: STRETCH }, (f, p) => {
    f.run(f64.store(p.sums, total(f, foldRow(f, fold, p), f64x2.add)));
  });
}
