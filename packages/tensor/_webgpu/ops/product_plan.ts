import type { KernelFamily } from "../device.ts";
import type { ProductTile } from "../kernels/product_tile.ts";

/** Into what a product of matrices is cut. */
export interface ProductPlan {
  /** A part of the result. */
  readonly tile: ProductTile;
  /** Parts of each sum, which are added up afterwards. */
  readonly parts: number;
  /** Terms of such a part, a multiple of `step`. */
  readonly partLength: number;
}

/** Tiles that keep a device busy: invocations that have one each, or workgroups. */
const ENOUGH = { registers: 1024, workgroup: 128 } as const;

/** Terms that are worth a part of their own. */
const LEAST_TERMS = 128;

/**
 * Plans a product `[m, k] · [k, n]`: tiles as large as keeps the device busy, and where even small ones do
 * not, parts of the sums.
 */
export function planProduct(
  family: KernelFamily,
  { m, k, n, step = 4 }: {
    readonly m: number;
    /** Terms of each sum. */
    readonly k: number;
    readonly n: number;
    readonly step?: number;
  },
): ProductPlan {
  const mostParts = Math.max(1, Math.floor(k / LEAST_TERMS));
  const enough = ENOUGH[family];
  const isEnough = (tiles: number) => tiles * mostParts >= enough;
  const { tile, tiles } = family === "registers"
    ? registerTile({ m, n }, isEnough)
    : workgroupTile({ m, n }, isEnough);
  const wished = Math.min(mostParts, Math.ceil(enough / tiles));
  const partLength = Math.max(1, Math.ceil(k / wished / step)) * step;
  return { tile, parts: Math.max(1, Math.ceil(k / partLength)), partLength };
}

interface TilesOf {
  readonly tile: ProductTile;
  readonly tiles: number;
}

function registerTile(
  { m, n }: { readonly m: number; readonly n: number },
  isEnough: (tiles: number) => boolean,
): TilesOf {
  let [rows, columns] = [edgeFor(m), edgeFor(n)];
  const tiles = () => Math.ceil(m / rows) * Math.ceil(n / columns);
  while (!isEnough(tiles()) && rows + columns > 8) {
    if (rows >= columns) rows = rows === 16 ? 8 : 4;
    else columns = columns === 16 ? 8 : 4;
  }
  return { tile: { family: "registers", rows, columns }, tiles: tiles() };
}

/** The shortest edge of a tile that holds so many lines, or the longest. */
function edgeFor(lines: number): 4 | 8 | 16 {
  return lines <= 4 ? 4 : lines <= 8 ? 8 : 16;
}

function workgroupTile(
  { m, n }: { readonly m: number; readonly n: number },
  isEnough: (tiles: number) => boolean,
): TilesOf {
  const tiles = (edge: number) => Math.ceil(m / edge) * Math.ceil(n / edge);
  const edge = isEnough(tiles(64)) ? 64 : 32;
  return { tile: { family: "workgroup", edge }, tiles: tiles(edge) };
}
