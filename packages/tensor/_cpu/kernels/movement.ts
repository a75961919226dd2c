/** Kernels that move numbers of four bytes, whatever they are. @module */

import type { Library } from "../library.ts";
import { f32x4, i32, i32x4, memory, v128 } from "../instructions.ts";
import { forEachVector, loadVector, storeVector } from "./vectors.ts";

/** Numbers of the kernels of this file. */
export interface MovementKernels {
  readonly copyStrided: number;
  readonly copyRows: number;
  readonly transposeTiles: number;
  readonly fill: number;
  readonly gather: number;
  readonly gatherGradient: number;
}

export function addMovement(library: Library): MovementKernels {
  return {
    copyStrided: addCopyStrided(library),
    copyRows: addCopyRows(library),
    transposeTiles: addTransposeTiles(library),
    fill: addFill(library),
    gather: addGather(library),
    gatherGradient: addGatherGradient(library),
  };
}

/** A matrix with any strides, in bytes, into another. */
function addCopyStrided(library: Library): number {
  const parameters = {
    from: "i32",
    rowStride: "i32",
    columnStride: "i32",
    to: "i32",
    toRowStride: "i32",
    toColumnStride: "i32",
    rows: "i32",
    columns: "i32",
  } as const;
  return library.add("copyStrided", { parameters }, (f, p) => {
    const [from, to, left] = [f.local("i32"), f.local("i32"), f.local("i32")];
    f.while(p.rows, () => {
      f.set(from, p.from);
      f.set(to, p.to);
      f.set(left, p.columns);
      f.while(left, () => {
        f.run(i32.store(to, i32.load(from)));
        f.increase(from, p.columnStride);
        f.increase(to, p.toColumnStride);
        f.increase(left, -1);
      });
      f.increase(p.from, p.rowStride);
      f.increase(p.to, p.toRowStride);
      f.increase(p.rows, -1);
    });
  });
}

/** Rows of `sizeBytes` bytes each. */
function addCopyRows(library: Library): number {
  const parameters = {
    from: "i32",
    fromStride: "i32",
    to: "i32",
    toStride: "i32",
    rows: "i32",
    sizeBytes: "i32",
  } as const;
  return library.add("copyRows", { parameters }, (f, p) => {
    f.while(p.rows, () => {
      f.run(memory.copy(p.to, p.from, p.sizeBytes));
      f.increase(p.from, p.fromStride);
      f.increase(p.to, p.toStride);
      f.increase(p.rows, -1);
    });
  });
}

/** Columns that are written before the next four rows: a cache line. */
const LINE_COLUMNS = 16;

/**
 * `to [rows, columns] = fromᵀ`, four by four; both lengths are multiples of four. Rows of the result are
 * `toStride` bytes apart, those of what is transposed `fromStride`.
 */
function addTransposeTiles(library: Library): number {
  const parameters = {
    from: "i32",
    fromStride: "i32",
    to: "i32",
    toStride: "i32",
    rows: "i32",
    columns: "i32",
  } as const;
  return library.add("transposeTiles", { parameters }, (f, p) => {
    const [line, row, column, end] = [
      f.local("i32"),
      f.local("i32"),
      f.local("i32"),
      f.local("i32"),
    ];
    f.for(line, { from: 0, to: p.columns, step: LINE_COLUMNS }, () => {
      f.set(end, i32.add(line, LINE_COLUMNS));
      f.if(i32.gtU(end, p.columns), () => f.set(end, p.columns));
      f.for(row, { from: 0, to: p.rows, step: 4 }, () => {
        f.for(column, { from: line, to: end, step: 4 }, () => {
          const from = f.let(
            i32.add(i32.add(p.from, i32.mul(column, p.fromStride)), i32.shl(row, 2)),
          );
          const to = f.let(i32.add(i32.add(p.to, i32.mul(row, p.toStride)), i32.shl(column, 2)));
          const [a, b, c, d] = [0, 1, 2, 3].map((at) => {
            if (at > 0) f.increase(from, p.fromStride);
            return f.let(v128.load(from));
          });
          const [low, high] = ([[0, 4, 1, 5], [2, 6, 3, 7]] as const).map((lanes) => [
            f.let(v128.shuffle(a!, b!, lanes)),
            f.let(v128.shuffle(c!, d!, lanes)),
          ]);
          for (const [first, last] of [low!, high!]) {
            for (const lanes of [[0, 1, 4, 5], [2, 3, 6, 7]] as const) {
              f.run(v128.store(to, v128.shuffle(first!, last!, lanes)));
              f.increase(to, p.toStride);
            }
          }
        });
      });
    });
  });
}

function addFill(library: Library): number {
  const parameters = { to: "i32", byte: "i32", sizeBytes: "i32" } as const;
  return library.add(
    "fill",
    { parameters },
    (f, p) => f.run(memory.fill(p.to, p.byte, p.sizeBytes)),
  );
}

/** Of `tables` tables of `length` slices, `count` slices each; a place out of range is filled with `blank`. */
function addGather(library: Library): number {
  const parameters = {
    from: "i32",
    to: "i32",
    tables: "i32",
    toStride: "i32",
    length: "i32",
    indices: "i32",
    count: "i32",
    slice: "i32",
    blank: "i32",
  } as const;
  return library.add("gather", { parameters }, (f, p) => {
    const sliceBytes = f.let(i32.shl(p.slice, 2));
    const blank = f.let(i32x4.splat(p.blank));
    const end = f.let(i32.add(p.indices, i32.shl(p.count, 2)));
    const [at, to] = [f.local("i32"), f.local("i32")];
    f.while(p.tables, () => {
      f.set(to, p.to);
      f.for(at, { from: p.indices, to: end, step: 4 }, () => {
        const index = f.let(i32.load(at));
        const from = i32.add(p.from, i32.mul(index, sliceBytes));
        f.if(
          i32.ltU(index, p.length),
          () => f.run(memory.copy(to, from, sliceBytes)),
          () => forEachVector(f, p.slice, (place) => storeVector(f, to, blank, place)),
        );
        f.increase(to, sliceBytes);
      });
      f.increase(p.from, i32.mul(p.length, sliceBytes));
      f.increase(p.to, p.toStride);
      f.increase(p.tables, -1);
    });
  });
}

/** Adds slices where their indices say, in their order, `columns` numbers of each; an index out of range is left out. */
function addGatherGradient(library: Library): number {
  const parameters = {
    dy: "i32",
    to: "i32",
    tables: "i32",
    length: "i32",
    indices: "i32",
    count: "i32",
    sliceBytes: "i32",
    columns: "i32",
  } as const;
  return library.add("gatherGradient", { parameters }, (f, p) => {
    const end = f.let(i32.add(p.indices, i32.shl(p.count, 2)));
    const at = f.local("i32");
    f.while(p.tables, () => {
      f.for(at, { from: p.indices, to: end, step: 4 }, () => {
        const index = f.let(i32.load(at));
        f.if(i32.ltU(index, p.length), () => {
          const to = f.let(i32.add(p.to, i32.mul(index, p.sliceBytes)));
          forEachVector(f, p.columns, (place) => {
            const sum = f32x4.add(
              loadVector(to, place),
              loadVector(p.dy, place),
            );
            storeVector(f, to, sum, place);
          });
        });
        f.increase(p.dy, p.sliceBytes);
      });
      f.increase(p.to, i32.mul(p.length, p.sliceBytes));
      f.increase(p.tables, -1);
    });
  });
}
