import { registerGrid, type RegisterTile } from "./register_tile.ts";
import { workgroupGrid, type WorkgroupTile } from "./workgroup_tile.ts";

/** How a product of matrices is cut, which says which program computes it. */
export type ProductTile = RegisterTile | WorkgroupTile;

/** What a product adds to the record of its run: uniforms and workgroups. */
export function productGrid(
  tile: ProductTile,
  size: { readonly m: number; readonly n: number; readonly batch: number },
): ReturnType<typeof registerGrid> {
  return tile.family === "registers" ? registerGrid(tile, size) : workgroupGrid(tile, size);
}
