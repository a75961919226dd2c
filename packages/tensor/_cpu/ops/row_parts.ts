import type { Operand } from "../../backend.ts";
import { sizeOf } from "../../shape.ts";
import type { Machine } from "../machine.ts";
import { partOfTiles } from "../parts.ts";

/** `x` as a matrix: its last axis is the columns. */
export function matrixOf(x: Operand): { rows: number; columns: number } {
  const columns = x.shape[x.shape.length - 1]!;
  return { rows: sizeOf(x.shape) / columns, columns };
}

/**
 * Runs `body` for each part of the rows, and waits.
 *
 * @returns How many parts there are.
 */
export function forEachRowPart(
  machine: Machine,
  { rows, columns }: { rows: number; columns: number },
  body: (part: number, first: number, count: number) => void,
): number {
  const parts = Math.min(rows, machine.partsFor(rows * columns));
  for (let part = parts - 1; part >= 0; part--) {
    const first = partOfTiles(part, parts, { count: rows, tile: 1 });
    body(part, first, partOfTiles(part + 1, parts, { count: rows, tile: 1 }) - first);
  }
  machine.threads.join();
  return parts;
}
