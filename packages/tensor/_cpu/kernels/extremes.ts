import type { FunctionBuilder, Local } from "../assembler.ts";
import { f32x4, v128, type Value } from "../instructions.ts";
import {
  type Fold,
  foldLanes,
  forEachLine,
  forEachVector,
  inPairs,
  insideMask,
  LINE,
  loadVector,
} from "./vectors.ts";

type Pair = (a: Value<"v128">, b: Value<"v128">) => Value<"v128">;

/** How the largest or the smallest of numbers is found. A NaN among them is what is found. */
export interface Extreme {
  /** One instruction: keeps a NaN on its left side, and forgets one on its right side. */
  readonly take: Pair;
  /** Many instructions: keeps NaNs of both sides. */
  readonly merge: Pair;
  /** What everything else comes before. */
  readonly start: number;
}

export const MAX: Extreme = { take: f32x4.pmax, merge: f32x4.max, start: -Infinity };
export const MIN: Extreme = { take: f32x4.pmin, merge: f32x4.min, start: Infinity };

/** The extreme in each lane, and ones where there was a NaN: as a number, their mask is one. */
export interface Leader {
  readonly best: Local<"v128">;
  readonly flaw: Local<"v128">;
}

/** How numbers are folded into their extreme. */
export function extremeFold({ take, start }: Extreme): Fold<Leader> {
  const takeVector = (f: FunctionBuilder, { best, flaw }: Leader, vector: Value<"v128">) => {
    const numbers = f.let(vector);
    f.set(best, take(best, numbers));
    f.set(flaw, v128.or(flaw, f32x4.ne(numbers, numbers)));
  };
  return {
    start: (f) => ({ best: f.let(f32x4.constant(start)), flaw: f.let(f32x4.constant(0)) }),
    takeLine: (f, leader, address) => {
      for (const offset of LINE) takeVector(f, leader, v128.load(address, offset));
    },
    takeInside: (f, leader, { vector, place }) =>
      takeVector(f, leader, v128.select(insideMask(place), vector, start)),
    join: (f, { best, flaw }, other) => {
      f.set(best, take(best, other.best));
      f.set(flaw, v128.or(flaw, other.flaw));
    },
  };
}

/** The extreme of a row, in all lanes. NaNs are looked for beside it: their mask is a NaN, as a number. */
export function extremeOfRow(
  f: FunctionBuilder,
  { x, columns }: { x: Local<"i32">; columns: Local<"i32"> },
  { take, merge, start }: Extreme,
): Local<"v128"> {
  const best = [0, 1, 2, 3].map(() => f.let(f32x4.constant(start)));
  const flaws = [0, 1, 2, 3].map(() => f.let(f32x4.constant(0)));
  const takeVector = (vector: Value<"v128">, u: number) => {
    const numbers = f.let(vector);
    f.set(best[u]!, take(best[u]!, numbers));
    f.set(flaws[u]!, v128.or(flaws[u]!, f32x4.ne(numbers, numbers)));
  };
  const { row, left } = forEachLine(f, x, columns, (row) => {
    for (let u = 0; u < 4; u++) takeVector(v128.load(row, 16 * u), u);
  });
  forEachVector(f, left, (place) => {
    const numbers = loadVector(row, place);
    takeVector(v128.select(insideMask(place), numbers, start), 0);
  });
  const all = v128.or(inPairs(f, best, take), inPairs(f, flaws, v128.or));
  return foldLanes(f, all, merge);
}
