/** Parts begin at multiples of so many numbers: a cache line, so that no two write to one. */
const GRAIN = 16;

/** Where part `part` of `parts` begins in `count` numbers. */
export function partBounds(part: number, parts: number, count: number): number {
  return partOfTiles(part, parts, { count, tile: GRAIN });
}

/** The same, for parts of whole tiles. */
export function partOfTiles(
  part: number,
  parts: number,
  { count, tile }: { count: number; tile: number },
): number {
  const tiles = Math.ceil(count / tile);
  return Math.min(count, Math.floor((tiles * part) / parts) * tile);
}
