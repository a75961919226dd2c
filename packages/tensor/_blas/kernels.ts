/** Kernels around a library's products: what goes into them, and what is done to what comes out. @module */

import { f32x4, i32, v128, type Value } from "../_cpu/instructions.ts";
import { forEachVector, storeVector } from "../_cpu/kernels/vectors.ts";
import type { Library } from "../_cpu/library.ts";

/** Numbers of the kernels of this file. */
export interface LentKernels {
  readonly copyPatches: number;
  readonly finishRows: number;
}

export function addLentKernels(library: Library): LentKernels {
  return { copyPatches: addCopyPatches(library), finishRows: addFinishRows(library) };
}

/** Copies `lines × columns` stretches of `sizeBytes`, whole numbers, between places of any strides. */
function addCopyPatches(library: Library): number {
  const parameters = {
    from: "i32",
    fromLine: "i32",
    fromColumn: "i32",
    to: "i32",
    toLine: "i32",
    toColumn: "i32",
    lines: "i32",
    columns: "i32",
    sizeBytes: "i32",
  } as const;
  return library.add("copyPatches", { parameters }, (f, p) => {
    const [from, to, column, at] = [f.local("i32"), f.local("i32"), f.local("i32"), f.local("i32")];
    const vectorBytes = f.let(i32.and(p.sizeBytes, -16));
    const copyVector = (at: Value<"i32">) => {
      f.run(v128.store(i32.add(to, at), v128.load(i32.add(from, at))));
    };
    f.while(p.lines, () => {
      f.set(from, p.from);
      f.set(to, p.to);
      f.for(column, { from: 0, to: p.columns }, () => {
        f.for(at, { from: 0, to: vectorBytes, step: 16 }, () => copyVector(at));
        f.if(i32.ne(vectorBytes, p.sizeBytes), () => {
          // A last vector overlaps the one before.
          f.if(vectorBytes, () => copyVector(i32.sub(p.sizeBytes, 16)), () => {
            f.for(at, { from: 0, to: p.sizeBytes, step: 4 }, () => {
              f.run(i32.store(i32.add(to, at), i32.load(i32.add(from, at))));
            });
          });
        });
        f.increase(from, p.fromColumn);
        f.increase(to, p.toColumn);
      });
      f.increase(p.from, p.fromLine);
      f.increase(p.to, p.toLine);
      f.increase(p.lines, -1);
    });
  });
}

/** `rows = activation(rows + bias)`; a bias at 0 is none. */
function addFinishRows(library: Library): number {
  const parameters = {
    rows: "i32",
    stride: "i32",
    count: "i32",
    columns: "i32",
    bias: "i32",
    relu: "i32",
  } as const;
  return library.add("finishRows", { parameters }, (f, p) => {
    f.while(p.count, () => {
      forEachVector(f, p.columns, (place) => {
        const value = f.let(v128.load(i32.add(p.rows, place.offset)));
        f.if(p.bias, () => {
          f.set(value, f32x4.add(value, v128.load(i32.add(p.bias, place.offset))));
        });
        f.if(p.relu, () => f.set(value, v128.andNot(value, f32x4.lt(value, 0))));
        storeVector(f, p.rows, value, place);
      });
      f.increase(p.rows, p.stride);
      f.increase(p.count, -1);
    });
  });
}
