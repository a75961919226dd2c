import type { Operand } from "../../backend.ts";
import { sizeOf } from "../../shape.ts";
import type { Machine } from "../machine.ts";
import { partOfTiles } from "../parts.ts";
import { addressOf } from "../storage.ts";

export function argReduce(
  machine: Machine,
  op: "argmax" | "argmin",
  { x, axis, out }: { x: Operand; axis: number; out: Operand },
): void {
  const { threads } = machine;
  const finders = machine.kernels.places[op];
  const length = x.shape[axis]!;
  const inner = sizeOf(x.shape.slice(axis + 1));
  const outer = sizeOf(x.shape.slice(0, axis));
  const [from, to] = [addressOf(x), addressOf(out)];
  const parts = machine.partsFor(sizeOf(x.shape));
  for (let part = parts - 1; part >= 0; part--) {
    const first = partOfTiles(part, parts, { count: outer, tile: 1 });
    const end = partOfTiles(part + 1, parts, { count: outer, tile: 1 });
    if (inner === 1) {
      const row = from + 4 * first * length;
      threads.call(part, finders.rows, row, end - first, length, to + 4 * first);
      continue;
    }
    for (let table = first; table < end; table++) {
      const at = from + 4 * table * length * inner;
      threads.call(part, finders.columns, at, length, inner, to + 4 * table * inner);
    }
  }
  threads.join();
}

export function countCorrect(
  machine: Machine,
  { prediction, target, out }: { prediction: Operand; target: Operand; out: Operand },
): void {
  const [rows, columns] = [prediction.shape[0]!, prediction.shape[1]!];
  const isLabels = target.shape.length === 1;
  const at = addressOf(target);
  machine.threads.call(
    0,
    machine.kernels.places.countCorrect,
    addressOf(prediction),
    rows,
    columns,
    isLabels ? at : 0,
    isLabels ? 0 : at,
    addressOf(out),
  );
}
