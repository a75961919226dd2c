/** Kernels that find where the first extreme number is; a NaN is more extreme than all. @module */

import type { FunctionBuilder, Local } from "../assembler.ts";
import { f32, f32x4, i32, i32x4, v128, type Value } from "../instructions.ts";
import type { Library } from "../library.ts";
import { type Extreme, extremeOfRow, MAX, MIN } from "./extremes.ts";
import { forEachVector, storeVector } from "./vectors.ts";

type Word = Local<"i32">;
type Pair = (a: Value<"v128">, b: Value<"v128">) => Value<"v128">;

/** Places in rows of contiguous numbers, and in the columns of a matrix. */
export interface PlaceFinders {
  readonly rows: number;
  readonly columns: number;
}

/** Numbers of the kernels of this file. */
export interface PlaceKernels {
  readonly argmax: PlaceFinders;
  readonly argmin: PlaceFinders;
  readonly countCorrect: number;
}

export function addPlaces(library: Library): PlaceKernels {
  return {
    argmax: addFinders(library, "argmax", { extreme: MAX, isBeaten: f32x4.le }),
    argmin: addFinders(library, "argmin", { extreme: MIN, isBeaten: f32x4.ge }),
    countCorrect: addCountCorrect(library),
  };
}

/** Two passes over a row: for its extreme, and for who is it first. */
function placeInRow(
  f: FunctionBuilder,
  { x, columns }: { x: Word; columns: Word },
  extreme: Extreme,
): Word {
  const best = extremeOfRow(f, { x, columns }, extreme);
  const [offset, hits] = [f.local("i32"), f.local("i32")];
  f.set(offset, i32.constant(-16));
  f.repeat(() => {
    f.increase(offset, 16);
    const numbers = f.let(v128.load(i32.add(x, offset)));
    // If the extreme is a number there is no NaN, and if it is NaN it equals nothing.
    f.set(hits, i32x4.bitmask(v128.or(f32x4.eq(numbers, best), f32x4.ne(numbers, numbers))));
  }, i32.eqz(hits));
  return f.let(i32.add(i32.shrU(offset, 2), i32.ctz(hits)));
}

/** `isBeaten` says whether the left number does not come before the right one. */
function addFinders(
  library: Library,
  name: string,
  { extreme, isBeaten }: { extreme: Extreme; isBeaten: Pair },
): PlaceFinders {
  const parameters = { x: "i32", rows: "i32", columns: "i32", out: "i32" } as const;
  return {
    rows: library.add(`${name}Rows`, { parameters }, (f, p) => {
      f.while(p.rows, () => {
        f.run(i32.store(p.out, placeInRow(f, p, extreme)));
        f.increase(p.x, i32.shl(p.columns, 2));
        f.increase(p.out, 4);
        f.increase(p.rows, -1);
      });
    }),
    columns: library.add(`${name}Columns`, { parameters }, (f, p) => {
      const stride = f.let(i32.shl(p.columns, 2));
      const row = f.local("i32");
      forEachVector(f, p.columns, (place) => {
        const from = f.let(i32.add(p.x, place.offset));
        const best = f.let(v128.load(from));
        const at = f.let(i32x4.constant(0));
        f.for(row, { from: 1, to: p.rows }, () => {
          f.increase(from, stride);
          const x = f.let(v128.load(from));
          const leads = f.let(v128.andNot(f32x4.eq(best, best), isBeaten(x, best)));
          f.set(best, v128.select(leads, x, best));
          f.set(at, v128.select(leads, i32x4.splat(row), at));
        });
        storeVector(f, p.out, at, place);
      });
    }),
  };
}

/** How many rows have their maximum at their label, or where `table` has its own; one of them is 0. */
function addCountCorrect(library: Library): number {
  const parameters = {
    x: "i32",
    rows: "i32",
    columns: "i32",
    labels: "i32",
    table: "i32",
    out: "i32",
  } as const;
  return library.add("countCorrect", { parameters }, (f, p) => {
    const [label, correct] = [f.local("i32"), f.local("i32")];
    const rowBytes = f.let(i32.shl(p.columns, 2));
    f.while(p.rows, () => {
      f.if(p.labels, () => {
        f.set(label, i32.load(p.labels));
        f.increase(p.labels, 4);
      }, () => {
        f.set(label, placeInRow(f, { x: p.table, columns: p.columns }, MAX));
        f.increase(p.table, rowBytes);
      });
      f.increase(correct, i32.eq(placeInRow(f, p, MAX), label));
      f.increase(p.x, rowBytes);
      f.increase(p.rows, -1);
    });
    f.run(f32.store(p.out, f32.convert(correct)));
  });
}
