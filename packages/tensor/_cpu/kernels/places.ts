/** Kernels that find where the first extreme number is; a NaN is more extreme than all. @module */

import type { FunctionBuilder, Local } from "../assembler.ts";
import { f32, f32x4, i32, i32x4, v128, type Value } from "../instructions.ts";
import type { Library } from "../library.ts";
import { foldLanes, forEachVector, insideMask, storeVector } from "./vectors.ts";

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
    argmax: addFinders(library, "argmax", MAX),
    argmin: addFinders(library, "argmin", {
      take: f32x4.min,
      isBeaten: f32x4.ge,
      start: Infinity,
    }),
    countCorrect: addCountCorrect(library),
  };
}

interface Extreme {
  readonly take: Pair;
  /** Whether the left number does not come before the right one. */
  readonly isBeaten: Pair;
  readonly start: number;
}

const MAX: Extreme = { take: f32x4.max, isBeaten: f32x4.le, start: -Infinity };

/** Two passes over a row: for its extreme, and for who is it first. */
function placeInRow(
  f: FunctionBuilder,
  { x, columns }: { x: Word; columns: Word },
  { take, start }: Extreme,
): Word {
  const best = f.let(f32x4.constant(start));
  forEachVector(f, columns, (place) => {
    const numbers = v128.load(i32.add(x, place.offset));
    f.set(best, take(best, v128.select(insideMask(place), numbers, start)));
  });
  f.set(best, foldLanes(f, best, take));
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

function addFinders(library: Library, name: string, extreme: Extreme): PlaceFinders {
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
          const leads = f.let(v128.andNot(f32x4.eq(best, best), extreme.isBeaten(x, best)));
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
