import type { RegisterTile } from "../kernels/register_tile.ts";

/** Into how many parts a product is cut: tiles of the result, and parts of the sums. */
export interface ProductPlan {
  readonly tile: RegisterTile;
  /** Results that are added up afterwards. */
  readonly parts: number;
  /** Products of a part, a multiple of `step`. */
  readonly partLength: number;
}

/** Invocations that keep a device busy. */
const ENOUGH = 256;

/** Products that are worth a part of their own. */
const LEAST_PRODUCTS = 128;

/** Plans a product of `[m, k] · [k, n]`: tiles as large as keeps the device busy; long sums are cut. */
export function planProduct(
  { m, k, n, step = 4 }: {
    readonly m: number;
    readonly k: number;
    readonly n: number;
    /** What a part's length is a multiple of. */
    readonly step?: number;
  },
): ProductPlan {
  const mostParts = Math.max(1, Math.floor(k / LEAST_PRODUCTS));
  let [rows, columns] = [edge(m), edge(n)];
  const tiles = () => Math.ceil(m / rows) * Math.ceil(n / columns);
  while (tiles() * mostParts < ENOUGH && rows + columns > 8) {
    if (rows >= columns) rows = rows === 16 ? 8 : 4;
    else columns = columns === 16 ? 8 : 4;
  }
  const wished = Math.min(mostParts, Math.ceil(ENOUGH / tiles()));
  const partLength = Math.max(step, Math.ceil(k / wished / step) * step);
  return { tile: { rows, columns }, parts: Math.max(1, Math.ceil(k / partLength)), partLength };
}

/** The shortest edge of a tile that holds so many lines; the longest, if none does. */
function edge(lines: number): 4 | 8 | 16 {
  return lines <= 4 ? 4 : lines <= 8 ? 8 : 16;
}
