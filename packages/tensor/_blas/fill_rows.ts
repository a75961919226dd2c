import type { Heap } from "../_cpu/heap.ts";

/** Writes a row of `length` numbers `rows` times. */
export function fillRows(
  { bytes }: Heap,
  { row, to, rows, length }: { row: number; to: number; rows: number; length: number },
): void {
  const end = to + 4 * rows * length;
  bytes.copyWithin(to, row, row + 4 * length);
  // What is written doubles each time.
  for (let written = 4 * length; to + written < end; written *= 2) {
    bytes.copyWithin(to + written, to, Math.min(to + written, end - written));
  }
}
