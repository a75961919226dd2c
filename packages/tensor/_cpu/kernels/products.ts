/**
 * Matrix products, and convolutions as matrix products.
 *
 * A tile of the result, 6 rows (5 without fused multiply-adds) by 8 columns, is kept in registers while
 * `k` runs: per step two vectors of `b`, one number of `a` per row, and twelve multiply-adds. V8 has 15
 * vector registers to give, which is what 6 × 8 takes; larger tiles spill.
 *
 * `a` is read where it lies. Either its rows are contiguous (`multiplyRows`): a pointer a row; these
 * may be any addresses, so that the rows may be the patches of an image, and no patch is ever copied.
 * Or its columns are (`multiplyColumns`), and six neighbours are one address. `b` is read in panels of 8
 * columns, packed or in place.
 *
 * @module
 */

import type { FunctionBuilder, Local } from "../assembler.ts";
import type { Library } from "../library.ts";
import { f32x4, i32, select, v128, type Value } from "../instructions.ts";
import { DISCARD_ADDRESS } from "../layout.ts";
import type { Arithmetic } from "./arithmetic.ts";
import { storePartial } from "./vectors.ts";

/** Bits of the `flags` of a product. */
export const ACCUMULATE = 1;
export const RELU = 2;

/** Columns of a tile: two vectors. */
export const TILE_COLUMNS = 8;

/** Rows of `a` that are multiplied by one panel of `b` before the next one: both stay in the caches. */
const ROW_BLOCK_TILES = 16;

type Address = Local<"i32">;

/** Numbers of the kernels of this file. */
export interface ProductKernels {
  readonly multiplyRows: number;
  readonly multiplyColumns: number;
  readonly packColumns: number;
  readonly packRows: number;
}

export function addProducts(library: Library, arithmetic: Arithmetic): ProductKernels {
  return {
    multiplyRows: addMultiplyRows(library, arithmetic),
    multiplyColumns: addMultiplyColumns(library, arithmetic),
    packColumns: addPackColumns(library),
    packRows: addPackRows(library),
  };
}

/**
 * `c [m, n] = a · b`, where row `i` of `a` is at `a + aTable[i]` (or `a + i · aStride` without a table) and
 * is made of `segments` runs of `length` numbers; before run `s` the pointers move by `steps[s]` bytes.
 */
function addMultiplyRows(library: Library, arithmetic: Arithmetic): number {
  const parameters = {
    m: "i32",
    n: "i32",
    a: "i32",
    aTable: "i32",
    aStride: "i32",
    steps: "i32",
    segments: "i32",
    length: "i32",
    b: "i32",
    panelStride: "i32",
    bStep: "i32",
    c: "i32",
    cTable: "i32",
    cStride: "i32",
    flags: "i32",
    bias: "i32",
  } as const;
  return library.add("multiplyRows", { parameters }, (f, p) => {
    const tile = new Tile(f, arithmetic);
    const rows = Array.from({ length: arithmetic.tileRows }, () => f.local("i32"));
    const [segment, step] = [f.local("i32"), f.local("i32")];
    tile.forEach(p, ({ row, panel, column }) => {
      rows.forEach((pointer, i) => {
        // Below the last row the last one is read again, and its products are discarded.
        const last = i32.sub(p.m, 1);
        const at = f.let(i32.add(row, i));
        f.set(at, select(i32.ltU(at, last), at, last));
        f.set(pointer, i32.add(p.a, offsetOf(f, at, p.aTable, p.aStride)));
      });
      const b = f.let(panel);
      f.for(segment, { from: 0, to: p.segments }, () => {
        f.set(step, i32.load(i32.add(p.steps, i32.shl(segment, 2))));
        for (const pointer of rows) f.increase(pointer, step);
        const advance = (count: number) => {
          for (let u = 0; u < count; u++) {
            tile.multiply(b, (i) => v128.load32Splat(rows[i]!, 4 * u));
            f.increase(b, p.bStep);
          }
          for (const pointer of rows) f.increase(pointer, 4 * count);
        };
        unrolled(f, p.length, advance);
      });
      tile.store({ ...p, row, column });
    });
  });
}

/**
 * `c [m, n] = a · b`, where `a[i, k]` is at `a + 4 i + k · aStep` (or `a + 4 i + aTable[k]` with a table) and
 * `b[k, j]` at `b + 4 j + k · bStep` within a panel.
 */
function addMultiplyColumns(library: Library, arithmetic: Arithmetic): number {
  const parameters = {
    m: "i32",
    n: "i32",
    k: "i32",
    a: "i32",
    aTable: "i32",
    aStep: "i32",
    b: "i32",
    panelStride: "i32",
    bStep: "i32",
    c: "i32",
    cTable: "i32",
    cStride: "i32",
    flags: "i32",
    bias: "i32",
  } as const;
  return library.add("multiplyColumns", { parameters }, (f, p) => {
    const tile = new Tile(f, arithmetic);
    const [a, table] = [f.local("i32"), f.local("i32")];
    tile.forEach(p, ({ row, panel, column }) => {
      const b = f.let(panel);
      const first = f.let(i32.add(p.a, i32.shl(row, 2)));
      const walk = (next: () => void) =>
        unrolled(f, p.k, (count) => {
          for (let u = 0; u < count; u++) {
            next();
            tile.multiply(b, (i) => v128.load32Splat(a, 4 * i));
            f.increase(b, p.bStep);
          }
        });
      f.if(p.aTable, () => {
        f.set(table, p.aTable);
        walk(() => {
          f.set(a, i32.add(first, i32.load(table)));
          f.increase(table, 4);
        });
      }, () => {
        f.set(a, i32.sub(first, p.aStep));
        walk(() => f.increase(a, p.aStep));
      });
      tile.store({ ...p, row, column });
    });
  });
}

interface Place {
  readonly row: Address;
  readonly column: Address;
  readonly panel: Address;
}

interface TileOutput {
  readonly m: Address;
  readonly n: Address;
  readonly c: Address;
  readonly cTable: Address;
  readonly cStride: Address;
  readonly flags: Address;
  readonly bias: Address;
  readonly row: Address;
  readonly column: Address;
}

/** The registers of one tile of a product. */
class Tile {
  readonly #f: FunctionBuilder;
  readonly #arithmetic: Arithmetic;
  readonly #sums: readonly (readonly [Local<"v128">, Local<"v128">])[];
  readonly #left: Local<"v128">;
  readonly #right: readonly [Local<"v128">, Local<"v128">];

  constructor(f: FunctionBuilder, arithmetic: Arithmetic) {
    this.#f = f;
    this.#arithmetic = arithmetic;
    this.#sums = Array.from(
      { length: arithmetic.tileRows },
      () => [f.local("v128"), f.local("v128")] as const,
    );
    this.#left = f.local("v128");
    this.#right = [f.local("v128"), f.local("v128")];
  }

  /** Visits all tiles of `[m, n]`: blocks of rows, in them panels of columns, in them tiles of rows. */
  forEach(
    p: { m: Address; n: Address; b: Address; panelStride: Address },
    visit: (place: Place) => void,
  ): void {
    const f = this.#f;
    const rows = this.#arithmetic.tileRows;
    const [block, row, column, panel] = [
      f.local("i32"),
      f.local("i32"),
      f.local("i32"),
      f.local("i32"),
    ];
    const blockEnd = f.local("i32");
    f.for(block, { from: 0, to: p.m, step: rows * ROW_BLOCK_TILES }, () => {
      f.set(blockEnd, i32.add(block, rows * ROW_BLOCK_TILES));
      f.set(blockEnd, select(i32.ltU(blockEnd, p.m), blockEnd, p.m));
      f.set(panel, p.b);
      f.for(column, { from: 0, to: p.n, step: TILE_COLUMNS }, () => {
        f.for(row, { from: block, to: blockEnd, step: rows }, () => {
          for (const sum of this.#sums.flat()) f.set(sum, f32x4.constant(0));
          visit({ row, column, panel });
        });
        f.increase(panel, p.panelStride);
      });
    });
  }

  /** One step of `k`: `sums[i, j] += left(i) · b[j]`. */
  multiply(b: Address, left: (row: number) => Value<"v128">): void {
    const f = this.#f;
    const [low, high] = this.#right;
    f.set(low, v128.load(b));
    f.set(high, v128.load(b, 16));
    this.#sums.forEach((sum, i) => {
      f.set(this.#left, left(i));
      f.set(sum[0], this.#arithmetic.madd(this.#left, low, sum[0]));
      f.set(sum[1], this.#arithmetic.madd(this.#left, high, sum[1]));
    });
  }

  /** Adds what is there and the bias, applies the activation, and writes the tile. */
  store(p: TileOutput): void {
    const f = this.#f;
    const firstColumn = f.let(i32.add(p.c, i32.shl(p.column, 2)));
    const addresses = this.#sums.map((_, i) => {
      const row = f.let(i32.add(p.row, i));
      const address = f.local("i32");
      f.set(address, i32.constant(DISCARD_ADDRESS));
      f.if(
        i32.ltU(row, p.m),
        () => f.set(address, i32.add(firstColumn, offsetOf(f, row, p.cTable, p.cStride))),
      );
      return address;
    });
    const update = (change: (sum: Local<"v128">, half: number, row: number) => Value<"v128">) =>
      this.#sums.forEach((sums, row) =>
        sums.forEach((sum, half) => f.set(sum, change(sum, half, row)))
      );
    f.if(
      i32.and(p.flags, ACCUMULATE),
      () => update((sum, half, row) => f32x4.add(sum, v128.load(addresses[row]!, 16 * half))),
    );
    f.if(p.bias, () => {
      const bias = f.let(i32.add(p.bias, i32.shl(p.column, 2)));
      update((sum, half) => f32x4.add(sum, v128.load(bias, 16 * half)));
    });
    f.if(i32.and(p.flags, RELU), () => update((sum) => v128.andNot(sum, f32x4.lt(sum, 0))));
    const columns = f.let(i32.sub(p.n, p.column));
    f.if(i32.geU(columns, TILE_COLUMNS), () => {
      this.#sums.forEach((sums, row) =>
        sums.forEach((sum, half) => f.run(v128.store(addresses[row]!, sum, 16 * half)))
      );
    }, () => {
      this.#sums.forEach(([low, high], row) => {
        const address = addresses[row]!;
        f.if(i32.geU(columns, 4), () => {
          f.run(v128.store(address, low));
          storePartial(f, {
            address: i32.add(address, 16),
            value: high,
            count: i32.sub(columns, 4),
          });
        }, () => storePartial(f, { address, value: low, count: columns }));
      });
    });
  }
}

/** Byte offset of a row: from a table where there is one, else by the stride. */
function offsetOf(
  f: FunctionBuilder,
  row: Address,
  table: Address,
  stride: Address,
): Value<"i32"> {
  const offset = f.local("i32");
  f.set(offset, i32.mul(row, stride));
  f.if(table, () => f.set(offset, i32.load(i32.add(table, i32.shl(row, 2)))));
  return offset;
}

/**
 * Copies `[k, n]`, whose rows are `stride` bytes apart, into panels of 8 columns. What a last panel has
 * beyond column `n` is arbitrary: no kept column of a product depends on it.
 */
function addPackColumns(library: Library): number {
  const parameters = {
    k: "i32",
    n: "i32",
    from: "i32",
    stride: "i32",
    to: "i32",
    panelStride: "i32",
  } as const;
  return library.add("packColumns", { parameters }, (f, p) => {
    const [column, k, from, to] = [f.local("i32"), f.local("i32"), f.local("i32"), f.local("i32")];
    f.for(column, { from: 0, to: p.n, step: TILE_COLUMNS }, () => {
      f.set(from, i32.add(p.from, i32.shl(column, 2)));
      f.set(to, p.to);
      f.for(k, { from: 0, to: p.k }, () => {
        f.run(v128.store(to, v128.load(from)));
        f.run(v128.store(to, v128.load(from, 16), 16));
        f.increase(from, p.stride);
        f.increase(to, 32);
      });
      f.increase(p.to, p.panelStride);
    });
  });
}

/** As `packColumns`, of a matrix stored transposed, `[n, k]`. */
function addPackRows(library: Library): number {
  const parameters = {
    k: "i32",
    n: "i32",
    from: "i32",
    stride: "i32",
    to: "i32",
    panelStride: "i32",
  } as const;
  return library.add("packRows", { parameters }, (f, p) => {
    const [row, to] = [f.local("i32"), f.local("i32")];
    const pointers = Array.from({ length: TILE_COLUMNS }, () => f.local("i32"));
    const last = f.let(i32.sub(p.n, 1));
    f.for(row, { from: 0, to: p.n, step: TILE_COLUMNS }, () => {
      pointers.forEach((pointer, i) => {
        const at = f.let(i32.add(row, i));
        f.set(at, select(i32.ltU(at, last), at, last));
        f.set(pointer, i32.add(p.from, i32.mul(at, p.stride)));
      });
      f.set(to, p.to);
      unrolled(f, p.k, (count) => {
        if (count === 4) transposeEight(f, pointers, to);
        else pointers.forEach((pointer, i) => f.run(i32.store(to, i32.load(pointer), 4 * i)));
        for (const pointer of pointers) f.increase(pointer, 4 * count);
        f.increase(to, 32 * count);
      });
      f.increase(p.to, p.panelStride);
    });
  });
}

/** Four columns of eight rows, as eight columns of four rows. */
function transposeEight(f: FunctionBuilder, rows: readonly Address[], to: Address): void {
  for (const half of [0, 1]) {
    const four = rows.slice(4 * half, 4 * half + 4).map((at) => f.let(v128.load(at)));
    transposed(f, four).forEach((vector, i) => f.run(v128.store(to, vector, 32 * i + 16 * half)));
  }
}

/** Four steps at a time, then the rest one by one. */
function unrolled(
  f: FunctionBuilder,
  count: Value<"i32">,
  body: (steps: number) => void,
): void {
  const left = f.let(i32.shrU(count, 2));
  f.while(left, () => {
    body(4);
    f.increase(left, -1);
  });
  f.set(left, i32.and(count, 3));
  f.while(left, () => {
    body(1);
    f.increase(left, -1);
  });
}

/** The columns of four vectors, as vectors. */
export function transposed(
  f: FunctionBuilder,
  rows: readonly Local<"v128">[],
): readonly Value<"v128">[] {
  const [a, b, c, d] = rows as [Local<"v128">, Local<"v128">, Local<"v128">, Local<"v128">];
  const lowAb = f.let(v128.shuffle(a, b, [0, 4, 1, 5]));
  const highAb = f.let(v128.shuffle(a, b, [2, 6, 3, 7]));
  const lowCd = f.let(v128.shuffle(c, d, [0, 4, 1, 5]));
  const highCd = f.let(v128.shuffle(c, d, [2, 6, 3, 7]));
  return [
    v128.shuffle(lowAb, lowCd, [0, 1, 4, 5]),
    v128.shuffle(lowAb, lowCd, [2, 3, 6, 7]),
    v128.shuffle(highAb, highCd, [0, 1, 4, 5]),
    v128.shuffle(highAb, highCd, [2, 3, 6, 7]),
  ];
}
