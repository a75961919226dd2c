/**
 * Loops over contiguous numbers, four at a time.
 *
 * A last vector that is not full is loaded whole, since behind every storage there is room to read,
 * and stored lane by lane, since what is behind belongs to others.
 *
 * @module
 */

import type { FunctionBuilder, Local } from "../assembler.ts";
import { f32x4, f64, f64x2, i32, i32x4, type Term, v128, type Value } from "../instructions.ts";

/** Stores the first `count` lanes, 0 to 3. */
export function storePartial(
  f: FunctionBuilder,
  { address, value, count }: { address: Value<"i32">; value: Value<"v128">; count: Value<"i32"> },
): void {
  f.if(i32.and(count, 2), () => {
    f.run(v128.store64Lane(address, value, { lane: 0 }));
    f.if(i32.and(count, 1), () => f.run(v128.store32Lane(address, value, { lane: 2, offset: 8 })));
  }, () => f.if(i32.and(count, 1), () => f.run(v128.store32Lane(address, value, { lane: 0 }))));
}

/** A vector's place in a row: byte `offset` from its start, with `left` numbers from here to the end. */
export interface VectorPlace {
  readonly offset: Local<"i32">;
  readonly left: Local<"i32">;
  /** Where it is known that the vector is full: it is so many bytes beyond `offset`, whatever `left` says. */
  readonly ahead?: number;
}

/** Visits `count` numbers, four at a time. */
export function forEachVector(
  f: FunctionBuilder,
  count: Term<"i32">,
  visit: (place: VectorPlace) => void,
): void {
  visitVectors(f, startOfRow(f, count), visit);
}

/**
 * As `forEachVector`, but four full vectors at a time, as long as there are as many, then one at a time:
 * where each step waits for the one before, those of four may go side by side. Load by `loadVector`.
 */
export function forEachVectorGroup(
  f: FunctionBuilder,
  count: Term<"i32">,
  visit: (group: readonly VectorPlace[]) => void,
): void {
  const place = startOfRow(f, count);
  f.while(i32.geS(place.left, 16), () => {
    visit(LINE.map((ahead) => ({ ...place, ahead })));
    f.increase(place.offset, 64);
    f.increase(place.left, -16);
  });
  visitVectors(f, place, () => visit([place]));
}

/**
 * As `forEachVector`, where a visit is so short that to count and to ask whether the vector is full
 * would take as long: two full vectors at a time from each half of the row, side by side, then the rest.
 * Load by `loadVector`.
 */
export function forEachShortVector(
  f: FunctionBuilder,
  count: Term<"i32">,
  visit: (place: VectorPlace) => void,
): void {
  const place = startOfRow(f, count);
  const { offset, left } = place;
  const half = f.let(i32.and(i32.shrU(left, 1), -8));
  const apart = f.let(i32.shl(half, 2));
  f.while(half, () => {
    for (const from of [offset, f.let(i32.add(offset, apart))]) {
      for (const ahead of [0, 16]) visit({ offset: from, left, ahead });
    }
    f.increase(offset, 32);
    f.increase(half, -8);
  });
  f.set(offset, i32.shl(apart, 1));
  f.set(left, i32.and(left, 15));
  visitVectors(f, place, visit);
}

function startOfRow(f: FunctionBuilder, count: Term<"i32">): VectorPlace {
  const left = f.let(typeof count === "number" ? i32.constant(count) : count);
  return { offset: f.let(i32.constant(0)), left };
}

function visitVectors(
  f: FunctionBuilder,
  place: VectorPlace,
  visit: (place: VectorPlace) => void,
): void {
  f.while(i32.gtS(place.left, 0), () => {
    visit(place);
    f.increase(place.offset, 16);
    f.increase(place.left, -4);
  });
}

/** The vector at a place of a row. */
export function loadVector(row: Value<"i32">, { offset, ahead }: VectorPlace): Value<"v128"> {
  return v128.load(i32.add(row, offset), ahead);
}

/** Offsets of the vectors of a cache line. */
export const LINE = [0, 16, 32, 48] as const;

/** Visits a row four vectors at a time, a cache line; says where the rest begins and how long it is. */
export function forEachLine(
  f: FunctionBuilder,
  x: Value<"i32">,
  count: Value<"i32">,
  visit: (row: Local<"i32">) => void,
): { row: Local<"i32">; left: Local<"i32"> } {
  const row = f.let(x);
  const left = f.let(count);
  f.while(i32.geU(left, 16), () => {
    visit(row);
    f.increase(row, 64);
    f.increase(left, -16);
  });
  return { row, left };
}

// The processor fetches ahead of each of a few streams, so that memory is read faster side by side than
// along one. Rows that are neighbours it takes for one stream that jumps, and falls behind.

/**
 * Streams that are folded side by side. An Intel Xeon reads four up to 1.7 times as fast as two, and more
 * no faster; an AMD EPYC read two faster than four when each number took it more instructions.
 */
export const STREAMS = 4;

/** Rows that are visited together. */
export interface RowGroup {
  /** How many: those of a group, or one of the rest. */
  readonly rows: number;
  /** Rows from each to the next. */
  readonly apart: Local<"i32">;
  /** Bytes from each to the next. */
  readonly step: Local<"i32">;
}

/**
 * Visits a matrix some rows at a time, evenly apart, then the rest row by row; each from left to right, four
 * columns at a time.
 *
 * @param options `stride`: bytes from row to row. `advance`: moves the pointers on by so many rows.
 * `groupRows`: rows at a time (default 4).
 * @param visit Is told the place of the columns, and the group.
 */
export function forEachRowGroup(
  f: FunctionBuilder,
  { rows, columns, stride, advance, groupRows = 4 }: {
    rows: Value<"i32">;
    columns: Value<"i32">;
    stride: Value<"i32">;
    advance: (rows: Term<"i32">) => void;
    groupRows?: number;
  },
  visit: (place: VectorPlace, group: RowGroup) => void,
): void {
  const apart = f.let(i32.divU(rows, groupRows));
  const step = f.let(i32.mul(apart, stride));
  const left = f.let(apart);
  const take = (count: number) => {
    f.while(left, () => {
      forEachVector(f, columns, (place) => visit(place, { rows: count, apart, step }));
      advance(1);
      f.increase(left, -1);
    });
  };
  take(groupRows);
  advance(i32.mul(apart, groupRows - 1));
  f.set(left, i32.remU(rows, groupRows));
  take(1);
}

/** How numbers are folded into a few locals. */
export interface Fold<State> {
  /** The fold of nothing, in locals of its own. */
  readonly start: (f: FunctionBuilder) => State;
  /** Folds the 16 numbers at an address into a state. */
  readonly takeLine: (f: FunctionBuilder, state: State, address: Local<"i32">) => void;
  /** Folds what is inside of the four numbers of a place into a state. */
  readonly takeInside: (
    f: FunctionBuilder,
    state: State,
    numbers: { vector: Value<"v128">; place: VectorPlace },
  ) => void;
  /** Folds a state into another. */
  readonly join: (f: FunctionBuilder, state: State, other: State) => void;
}

/** `STREAMS` rows of as many columns, `apart` bytes apart. */
interface Rows {
  readonly x: Value<"i32">;
  readonly apart: Value<"i32">;
  readonly columns: Value<"i32">;
}

/** Folds rows, each into a state of its own. */
export function foldRows<State>(
  f: FunctionBuilder,
  fold: Fold<State>,
  rows: Rows,
): readonly State[] {
  const { streams, left } = foldLines(f, fold, rows);
  forEachVector(f, left, (place) => {
    for (const { address, state } of streams) {
      fold.takeInside(f, state, { vector: loadVector(address, place), place });
    }
  });
  return streams.map(({ state }) => state);
}

/** Folds the whole lines of rows; says where in each the rest begins, and how many numbers are left. */
function foldLines<State>(
  f: FunctionBuilder,
  fold: Fold<State>,
  { x, apart, columns }: Rows,
): { streams: { address: Local<"i32">; state: State }[]; left: Local<"i32"> } {
  const row = f.let(x);
  const streams = Array.from({ length: STREAMS }, () => {
    const stream = { address: f.let(row), state: fold.start(f) };
    f.increase(row, apart);
    return stream;
  });
  const left = f.let(columns);
  f.while(i32.geU(left, 16), () => {
    for (const { address, state } of streams) {
      fold.takeLine(f, state, address);
      f.increase(address, 64);
    }
    f.increase(left, -16);
  });
  return { streams, left };
}

/** Folds a row, `STREAMS` parts of it side by side, which have whole lines alone, and then the rest. */
export function foldRow<State>(
  f: FunctionBuilder,
  fold: Fold<State>,
  { x, columns }: { x: Value<"i32">; columns: Value<"i32"> },
): State {
  const part = f.let(i32.and(i32.divU(columns, STREAMS), -16));
  const apart = f.let(i32.shl(part, 2));
  const { streams } = foldLines(f, fold, { x, apart, columns: part });
  const [first, ...others] = streams.map(({ state }) => state);
  const rest = f.let(i32.add(x, i32.mul(apart, STREAMS)));
  forEachVector(f, i32.sub(columns, i32.mul(part, STREAMS)), (place) => {
    fold.takeInside(f, first!, { vector: loadVector(rest, place), place });
  });
  for (const other of others) fold.join(f, first!, other);
  return first!;
}

/** Stores a vector of a row, or what of it is inside. */
export function storeVector(
  f: FunctionBuilder,
  row: Term<"i32">,
  value: Value<"v128">,
  { offset, left, ahead }: VectorPlace,
): void {
  const address = f.let(i32.add(row, offset));
  if (ahead !== undefined) return f.run(v128.store(address, value, ahead));
  const result = f.let(value);
  f.if(
    i32.geS(left, 4),
    () => f.run(v128.store(address, result)),
    () => storePartial(f, { address, value: result, count: left }),
  );
}

/** Ones in the lanes that are inside the row. */
export function insideMask({ left }: VectorPlace): Value<"v128"> {
  return i32x4.gtS(i32x4.splat(left), i32x4.lanes([0, 1, 2, 3]));
}

/** The four lanes folded into one, `(0 ∘ 2) ∘ (1 ∘ 3)`, in all lanes. */
export function foldLanes(
  f: FunctionBuilder,
  vector: Value<"v128">,
  take: (a: Value<"v128">, b: Value<"v128">) => Value<"v128">,
): Local<"v128"> {
  const all = f.let(vector);
  f.set(all, take(all, v128.shuffle(all, all, [2, 3, 0, 1])));
  f.set(all, take(all, v128.shuffle(all, all, [1, 0, 3, 2])));
  return all;
}

/** All of some vectors into one, neighbours first. */
export function inPairs(
  f: FunctionBuilder,
  vectors: readonly Local<"v128">[],
  take: (a: Value<"v128">, b: Value<"v128">) => Value<"v128">,
): Local<"v128"> {
  if (vectors.length === 1) return vectors[0]!;
  const half = vectors.length / 2;
  const pairs = Array.from(
    { length: half },
    (_, at) => f.let(take(vectors[2 * at]!, vectors[2 * at + 1]!)),
  );
  return inPairs(f, pairs, take);
}

/** Two float64 vectors for the four numbers of a float32 vector. */
export function promoted(
  f: FunctionBuilder,
  vector: Value<"v128">,
): readonly [Value<"v128">, Value<"v128">] {
  const four = f.let(vector);
  return [
    f64x2.promoteLow(four),
    f64x2.promoteLow(v128.shuffle(four, four, [2, 3, 2, 3])),
  ];
}

/** As `promoted`, of four numbers in memory. */
export function loadPromoted(
  address: Term<"i32">,
  offset = 0,
): readonly [Value<"v128">, Value<"v128">] {
  return [
    f64x2.promoteLow(v128.load64Zero(address, offset)),
    f64x2.promoteLow(v128.load64Zero(address, offset + 8)),
  ];
}

/** The sum of both lanes. */
export function sumOfPair(f: FunctionBuilder, pair: Value<"v128">): Value<"f64"> {
  const both = f.let(pair);
  return f64.add(f64x2.lane(both, 0), f64x2.lane(both, 1));
}

/** The four lanes of two float64 vectors as one of float32. */
export function demoted(low: Value<"v128">, high: Value<"v128">): Value<"v128"> {
  return v128.shuffle(f32x4.demote(low), f32x4.demote(high), [0, 1, 4, 5]);
}
