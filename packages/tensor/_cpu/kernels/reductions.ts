/** Kernels that fold many numbers into one. Sums and products are kept in float64. @module */

import type { FunctionBuilder, Local } from "../assembler.ts";
import type { Library } from "../library.ts";
import { f32, f32x4, f64, f64x2, i32, v128, type Value } from "../instructions.ts";
import {
  demoted,
  foldLanes,
  forEachVector,
  insideMask,
  promoted,
  storePartial,
} from "./vectors.ts";

type Pair = (a: Value<"v128">, b: Value<"v128">) => Value<"v128">;

/** A fold by rows of contiguous numbers, and one by columns of a matrix. */
export interface Folds {
  readonly rows: number;
  readonly columns: number;
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
    max: addFolds(library, "max", { take: f32x4.max, start: -Infinity }),
    min: addFolds(library, "min", { take: f32x4.min, start: Infinity }),
    sumOfSquares: addSumOfSquares(library),
  };
}

const PARAMETERS = {
  x: "i32",
  rows: "i32",
  columns: "i32",
  stride: "i32",
  out: "i32",
  divisor: "f64",
} as const;

interface Fold {
  readonly take: Pair;
  readonly start: number;
}

/** Vectors that one turn of a loop takes: a cache line. */
const UNROLLED = 4;

/** Float64 sums; `out = fold / divisor`. Rows are `stride` bytes apart. */
function addWideFolds(library: Library, name: string, { take, start }: Fold): Folds {
  const rows = library.add(`${name}Rows`, { parameters: PARAMETERS }, (f, p) => {
    f.while(p.rows, () => {
      const sums = Array.from({ length: 2 * UNROLLED }, () => f.let(f64x2.constant(start)));
      const takeFour = (vector: Value<"v128">, [low, high]: readonly Local<"v128">[]) => {
        const [first, last] = promoted(f, vector);
        f.set(low!, take(low!, first));
        f.set(high!, take(high!, last));
      };
      const { row, left } = forEachLine(f, p.x, p.columns, (row) => {
        for (let u = 0; u < UNROLLED; u++) {
          takeFour(v128.load(row, 16 * u), sums.slice(2 * u, 2 * u + 2));
        }
      });
      forEachVector(f, left, (place) => {
        const x = v128.load(i32.add(row, place.offset));
        takeFour(v128.select(insideMask(place), x, start), sums);
      });
      for (const sum of sums.slice(1)) f.set(sums[0]!, take(sums[0]!, sum));
      const both = sums[0]!;
      const folded = f.let(take(both, v128.shuffle(both, both, [2, 3, 0, 1])));
      f.run(f32.store(p.out, f32.demote(f64.div(f64x2.lane(folded, 0), p.divisor))));
      f.increase(p.x, p.stride);
      f.increase(p.out, 4);
      f.increase(p.rows, -1);
    });
  });
  const columns = library.add(`${name}Columns`, { parameters: PARAMETERS }, (f, p) => {
    const divisor = f.let(f64x2.splat(p.divisor));
    forEachColumnBlock(f, p, (vectors) => {
      const sums = Array.from({ length: 2 * vectors }, () => f.let(f64x2.constant(start)));
      return {
        take: (row) => {
          for (let u = 0; u < vectors; u++) {
            promoted(f, v128.load(row, 16 * u)).forEach((pair, half) => {
              const sum = sums[2 * u + half]!;
              f.set(sum, take(sum, pair));
            });
          }
        },
        result: (u) =>
          demoted(f64x2.div(sums[2 * u]!, divisor), f64x2.div(sums[2 * u + 1]!, divisor)),
      };
    });
  });
  return { rows, columns };
}

/** Float32 folds, for what does not round. */
function addFolds(library: Library, name: string, { take, start }: Fold): Folds {
  const rows = library.add(`${name}Rows`, { parameters: PARAMETERS }, (f, p) => {
    f.while(p.rows, () => {
      const best = Array.from({ length: UNROLLED }, () => f.let(f32x4.constant(start)));
      const { row, left } = forEachLine(f, p.x, p.columns, (row) => {
        best.forEach((lanes, u) => f.set(lanes, take(lanes, v128.load(row, 16 * u))));
      });
      forEachVector(f, left, (place) => {
        const x = v128.load(i32.add(row, place.offset));
        f.set(best[0]!, take(best[0]!, v128.select(insideMask(place), x, start)));
      });
      for (const lanes of best.slice(1)) f.set(best[0]!, take(best[0]!, lanes));
      f.run(f32.store(p.out, f32x4.lane(foldLanes(f, best[0]!, take), 0)));
      f.increase(p.x, p.stride);
      f.increase(p.out, 4);
      f.increase(p.rows, -1);
    });
  });
  const columns = library.add(`${name}Columns`, { parameters: PARAMETERS }, (f, p) => {
    forEachColumnBlock(f, p, (vectors) => {
      const best = Array.from({ length: vectors }, () => f.let(f32x4.constant(start)));
      return {
        take: (row) =>
          best.forEach((lanes, u) => f.set(lanes, take(lanes, v128.load(row, 16 * u)))),
        result: (u) => best[u]!,
      };
    });
  });
  return { rows, columns };
}

/** Visits a row 16 numbers at a time; says where the rest begins and how long it is. */
function forEachLine(
  f: FunctionBuilder,
  x: Value<"i32">,
  count: Value<"i32">,
  visit: (row: Local<"i32">) => void,
): { row: Local<"i32">; left: Local<"i32"> } {
  const row = f.let(x);
  const left = f.let(count);
  f.while(i32.geU(left, 4 * UNROLLED), () => {
    visit(row);
    f.increase(row, 16 * UNROLLED);
    f.increase(left, -4 * UNROLLED);
  });
  return { row, left };
}

interface ColumnFold {
  readonly take: (row: Local<"i32">) => void;
  readonly result: (vector: number) => Value<"v128">;
}

/** Folds 16 columns at a time, then 4 at a time: each pass reads whole cache lines where it can. */
function forEachColumnBlock(
  f: FunctionBuilder,
  p: {
    x: Local<"i32">;
    rows: Local<"i32">;
    columns: Local<"i32">;
    stride: Local<"i32">;
    out: Local<"i32">;
  },
  start: (vectors: number) => ColumnFold,
): void {
  const pass = (vectors: number) => {
    const fold = start(vectors);
    const row = f.let(p.x);
    const left = f.let(p.rows);
    f.repeat(() => {
      fold.take(row);
      f.increase(row, p.stride);
      f.increase(left, -1);
    }, left);
    const results = Array.from({ length: vectors }, (_, u) => f.let(fold.result(u)));
    f.if(
      i32.geU(p.columns, 4 * vectors),
      () => results.forEach((result, u) => f.run(v128.store(p.out, result, 16 * u))),
      () => storePartial(f, { address: p.out, value: results[0]!, count: p.columns }),
    );
    f.increase(p.x, 16 * vectors);
    f.increase(p.out, 16 * vectors);
    f.increase(p.columns, -4 * vectors);
  };
  f.while(i32.geS(p.columns, 4 * UNROLLED), () => pass(UNROLLED));
  f.while(i32.gtS(p.columns, 0), () => pass(1));
}

/** `out = Σ x²`, a float64. */
function addSumOfSquares(library: Library): number {
  const parameters = { x: "i32", count: "i32", out: "i32" } as const;
  return library.add("sumOfSquares", { parameters }, (f, p) => {
    const sums = Array.from({ length: 2 * UNROLLED }, () => f.let(f64x2.constant(0)));
    const take = (vector: Value<"v128">, at: number) =>
      promoted(f, vector).forEach((pair, half) => {
        const value = f.let(pair);
        const sum = sums[at + half]!;
        f.set(sum, f64x2.add(sum, f64x2.mul(value, value)));
      });
    const { row, left } = forEachLine(f, p.x, p.count, (row) => {
      for (let u = 0; u < UNROLLED; u++) take(v128.load(row, 16 * u), 2 * u);
    });
    forEachVector(f, left, (place) => {
      const x = v128.load(i32.add(row, place.offset));
      take(v128.and(x, insideMask(place)), 0);
    });
    for (const sum of sums.slice(1)) f.set(sums[0]!, f64x2.add(sums[0]!, sum));
    const both = sums[0]!;
    f.run(f64.store(p.out, f64.add(f64x2.lane(both, 0), f64x2.lane(both, 1))));
  });
}
