/** Kernels that move numbers of four bytes, whatever they are. @module */

import type { Library } from "../library.ts";
import { i32, memory } from "../instructions.ts";

/** Numbers of the kernels of this file. */
export interface MovementKernels {
  readonly copyStrided: number;
  readonly copyRows: number;
  readonly fill: number;
}

export function addMovement(library: Library): MovementKernels {
  return {
    copyStrided: addCopyStrided(library),
    copyRows: addCopyRows(library),
    fill: addFill(library),
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

function addFill(library: Library): number {
  const parameters = { to: "i32", byte: "i32", sizeBytes: "i32" } as const;
  return library.add(
    "fill",
    { parameters },
    (f, p) => f.run(memory.fill(p.to, p.byte, p.sizeBytes)),
  );
}
