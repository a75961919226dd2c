import type { Operand } from "../../backend.ts";
import { type Shape, sizeOf, stridesOf } from "../../shape.ts";
import type { Machine } from "../machine.ts";
import { addressOf } from "../storage.ts";

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
  const { bytes, floats, ints } = machine.heap;
  const [from, to, at] = [addressOf(x), addressOf(out), addressOf(indices) / 4];
  const length = x.shape[axis]!;
  const stride = stridesOf(x.shape)[axis]!;
  const count = out.shape[axis]!;
  const tables = sizeOf(out.shape) / (count * stride);
  const blank = x.dtype === "int32" ? 0 : NaN;
  for (let table = 0; table < tables; table++) {
    for (let i = 0; i < count; i++) {
      const index = ints[at + i]!;
      const target = to + 4 * (table * count + i) * stride;
      if (index < 0 || index >= length) {
        floats.fill(blank, target / 4, target / 4 + stride);
        continue;
      }
      const source = from + 4 * (table * length + index) * stride;
      bytes.copyWithin(target, source, source + 4 * stride);
    }
  }
}

/** Numbers of memory, and how many to move along each axis. */
interface Strided {
  readonly address: number;
  readonly strides: readonly number[];
}

/** Copies a tensor of a shape between places of any strides. */
export function copyStrided(
  machine: Machine,
  shape: Shape,
  { from, to }: { from: Strided; to: Strided },
): void {
  const { copyStrided, copyRows } = machine.kernels.movement;
  const axes = mergedAxes(shape, from.strides, to.strides);
  const columns = axes.pop() ?? { length: 1, from: 1, to: 1 };
  const rows = axes.pop() ?? { length: 1, from: 0, to: 0 };
  const isContiguous = columns.from === 1 && columns.to === 1;
  const index = axes.map(() => 0);
  let [source, target] = [from.address, to.address];
  const tables = axes.reduce((product, axis) => product * axis.length, 1);
  for (let table = 0; table < tables; table++) {
    if (isContiguous) {
      const sizeBytes = 4 * columns.length;
      machine.threads.call(
        0,
        copyRows,
        source,
        4 * rows.from,
        target,
        4 * rows.to,
        rows.length,
        sizeBytes,
      );
    } else {
      machine.threads.call(
        0,
        copyStrided,
        source,
        4 * rows.from,
        4 * columns.from,
        target,
        4 * rows.to,
        4 * columns.to,
        rows.length,
        columns.length,
      );
    }
    for (let at = axes.length - 1; at >= 0; at--) {
      const axis = axes[at]!;
      const turns = ++index[at]! < axis.length;
      source += 4 * axis.from * (turns ? 1 : 1 - axis.length);
      target += 4 * axis.to * (turns ? 1 : 1 - axis.length);
      if (turns) break;
      index[at] = 0;
    }
  }
}

/** Axes without those of length 1; neighbours that are one stretch on both sides are one. */
function mergedAxes(
  shape: Shape,
  from: readonly number[],
  to: readonly number[],
): { length: number; from: number; to: number }[] {
  const axes: { length: number; from: number; to: number }[] = [];
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
