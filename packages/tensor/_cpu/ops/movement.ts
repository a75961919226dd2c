import type { Operand } from "../../backend.ts";
import { type Shape, sizeOf, stridesOf } from "../../shape.ts";
import type { Machine } from "../machine.ts";
import { partBounds, partOfTiles } from "../parts.ts";
import { addressOf } from "../storage.ts";

/** A NaN, by its bits. */
const NAN_BITS = 0x7fc00000;

export function transpose(
  machine: Machine,
  x: Operand,
  { permutation, out }: { permutation: readonly number[]; out: Operand },
): void {
  const own = stridesOf(x.shape);
  const strides = permutation.map((axis) => own[axis]!);
  copyStrided(machine, out.shape, {
    from: { address: addressOf(x), strides },
    to: { address: addressOf(out), strides: stridesOf(out.shape) },
  });
}

export function slice(
  machine: Machine,
  x: Operand,
  { options, out }: {
    options: { readonly start: readonly number[]; readonly step: readonly number[] };
    out: Operand;
  },
): void {
  const own = stridesOf(x.shape);
  const start = own.reduce((sum, stride, axis) => sum + stride * options.start[axis]!, 0);
  copyStrided(machine, out.shape, {
    from: {
      address: addressOf(x) + 4 * start,
      strides: own.map((stride, axis) => stride * options.step[axis]!),
    },
    to: { address: addressOf(out), strides: stridesOf(out.shape) },
  });
}

export function paste(
  machine: Machine,
  x: Operand,
  { options, out }: {
    options: { readonly axis: number; readonly start: number };
    out: Operand;
  },
): void {
  const strides = stridesOf(out.shape);
  const start = options.start * (strides[options.axis] ?? 1);
  copyStrided(machine, x.shape, {
    from: { address: addressOf(x), strides: stridesOf(x.shape) },
    to: { address: addressOf(out) + 4 * start, strides },
  });
}

export function gather(
  machine: Machine,
  x: Operand,
  { indices, axis, out }: { indices: Operand; axis: number; out: Operand },
): void {
  const { threads, kernels } = machine;
  const [from, to, at] = [addressOf(x), addressOf(out), addressOf(indices)];
  const length = x.shape[axis]!;
  const slice = stridesOf(x.shape)[axis]!;
  const count = out.shape[axis]!;
  const tables = sizeOf(out.shape) / (count * slice);
  const parts = Math.min(count, machine.partsFor(sizeOf(out.shape)));
  for (let part = parts - 1; part >= 0; part--) {
    const first = partOfTiles(part, parts, { count, tile: 1 });
    threads.call(
      part,
      kernels.movement.gather,
      from,
      to + 4 * first * slice,
      tables,
      4 * count * slice,
      length,
      at + 4 * first,
      partOfTiles(part + 1, parts, { count, tile: 1 }) - first,
      slice,
      x.dtype === "int32" ? 0 : NAN_BITS,
    );
  }
  threads.join();
}

/** Each part adds columns of its own: all that falls on one number is added by one part, in order. */
export function gatherGradient(
  machine: Machine,
  dy: Operand,
  { indices, axis, out }: { indices: Operand; axis: number; out: Operand },
): void {
  const { heap, threads, kernels } = machine;
  const [from, to, at] = [addressOf(dy), addressOf(out), addressOf(indices)];
  const slice = stridesOf(out.shape)[axis]!;
  const count = dy.shape[axis]!;
  const tables = sizeOf(dy.shape) / (count * slice);
  heap.bytes.fill(0, to, to + 4 * sizeOf(out.shape));
  const parts = machine.partsFor(sizeOf(dy.shape));
  for (let part = parts - 1; part >= 0; part--) {
    const first = partBounds(part, parts, slice);
    const columns = partBounds(part + 1, parts, slice) - first;
    if (columns === 0) continue;
    threads.call(
      part,
      kernels.movement.gatherGradient,
      from + 4 * first,
      to + 4 * first,
      tables,
      out.shape[axis]!,
      at,
      count,
      4 * slice,
      columns,
    );
  }
  threads.join();
}

/** Numbers of memory, and how many to move along each axis. */
interface Strided {
  readonly address: number;
  readonly strides: readonly number[];
}

/** Copies a tensor of a shape between places of any strides; what is large is shared by the threads. */
export function copyStrided(
  machine: Machine,
  shape: Shape,
  { from, to }: { from: Strided; to: Strided },
): void {
  const axes = mergedAxes(shape, from.strides, to.strides);
  const columns = axes.pop() ?? { length: 1, from: 1, to: 1 };
  // Where what is read lies along another axis, that one is the rows.
  const across = columns.from === 1 ? -1 : axes.findIndex((axis) => axis.from === 1);
  const rows = axes.splice(across, 1)[0] ?? { length: 1, from: 0, to: 0 };
  const index = axes.map(() => 0);
  let [source, target] = [from.address, to.address];
  const tables = axes.reduce((product, axis) => product * axis.length, 1);
  const parts = machine.partsFor(tables * rows.length * columns.length);
  for (let table = 0; table < tables; table++) {
    const matrix = { rows, columns, from: source, to: target };
    // In turns, each ending with the caller's own; or few matrices, each cut.
    if (tables >= parts) copyMatrix(machine, parts - 1 - table % parts, matrix);
    else {for (let part = parts - 1; part >= 0; part--) {
        copyMatrix(machine, part, rowsOf(matrix, part, parts));
      }}
    for (let at = axes.length - 1; at >= 0; at--) {
      const axis = axes[at]!;
      const turns = ++index[at]! < axis.length;
      source += 4 * axis.from * (turns ? 1 : 1 - axis.length);
      target += 4 * axis.to * (turns ? 1 : 1 - axis.length);
      if (turns) break;
      index[at] = 0;
    }
  }
  machine.threads.join();
}

interface MatrixCopy {
  readonly rows: Axis;
  readonly columns: Axis;
  readonly from: number;
  readonly to: number;
}

function rowsOf(matrix: MatrixCopy, part: number, parts: number): MatrixCopy {
  const { rows, from, to } = matrix;
  const first = partBounds(part, parts, rows.length);
  return {
    ...matrix,
    rows: { ...rows, length: partBounds(part + 1, parts, rows.length) - first },
    from: from + 4 * first * rows.from,
    to: to + 4 * first * rows.to,
  };
}

/** Has a part copy a matrix. */
function copyMatrix(machine: Machine, part: number, matrix: MatrixCopy): void {
  const { threads, kernels: { movement } } = machine;
  const { rows, columns, from, to } = matrix;
  if (rows.length === 0) return;
  const [rowBytes, toRowBytes] = [4 * rows.from, 4 * rows.to];
  const columnBytes = 4 * columns.from;
  if (columns.from === 1 && columns.to === 1) {
    const sizeBytes = 4 * columns.length;
    threads.call(part, movement.copyRows, from, rowBytes, to, toRowBytes, rows.length, sizeBytes);
    return;
  }
  if (rows.from === 1 && columns.to === 1 && columnBytes >= 0 && rows.length >= 4) {
    const [height, width] = [rows.length & ~3, columns.length & ~3];
    const tiles = movement.transposeTiles;
    threads.call(part, tiles, from, columnBytes, to, toRowBytes, height, width);
    // What no tile covers: the rows below, and the columns at their side.
    const below = { length: rows.length - height, from: 1, to: rows.to };
    copyNumbers(machine, part, {
      rows: below,
      columns,
      from: from + 4 * height,
      to: to + toRowBytes * height,
    });
    copyNumbers(machine, part, {
      rows: { ...rows, length: height },
      columns: { ...columns, length: columns.length - width },
      from: from + columnBytes * width,
      to: to + 4 * width,
    });
    return;
  }
  copyNumbers(machine, part, matrix);
}

/** Number by number. */
function copyNumbers(
  { threads, kernels }: Machine,
  part: number,
  { rows, columns, from, to }: MatrixCopy,
): void {
  if (rows.length * columns.length === 0) return;
  threads.call(
    part,
    kernels.movement.copyStrided,
    from,
    4 * rows.from,
    4 * columns.from,
    to,
    4 * rows.to,
    4 * columns.to,
    rows.length,
    columns.length,
  );
}

/** An axis, and how many numbers each side moves along it. */
interface Axis {
  length: number;
  from: number;
  to: number;
}

/** Axes without those of length 1; neighbours that are one stretch on both sides are one. */
function mergedAxes(
  shape: Shape,
  from: readonly number[],
  to: readonly number[],
): Axis[] {
  const axes: Axis[] = [];
  shape.forEach((length, at) => {
    if (length === 1) return;
    const outer = axes.at(-1);
    if (outer?.from === from[at]! * length && outer.to === to[at]! * length) {
      outer.length *= length;
      [outer.from, outer.to] = [from[at]!, to[at]!];
    } else {
      axes.push({ length, from: from[at]!, to: to[at]! });
    }
  });
  return axes;
}
