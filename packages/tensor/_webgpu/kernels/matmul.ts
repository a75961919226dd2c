import type { Operand } from "../../backend.ts";
import type { KernelRun } from "../kernel_run.ts";
import { wgsl } from "../wgsl.ts";
import { epilogue, epilogueElements, epilogueKey, type Store } from "./epilogue.ts";
import { productGrid, type ProductTile } from "./product_tile.ts";
import {
  addProducts,
  columnsAcross,
  columnsAlong,
  declareSums,
  registerProgram,
  rowsAcross,
  rowsAlong,
  storeSums,
  termsOf,
} from "./register_tile.ts";
import { workgroupProgram } from "./workgroup_tile.ts";

/** A product of matrices, `out [m, n] = a [m, k] · b [k, n]`, where `a` and `b` may be stored transposed. */
export interface Product {
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/** The product; or, in several parts of `partLength` terms each, `out [parts, m, n]`, whose sum is the product. */
export function matmulRun(
  { a, b, bias, out }: {
    readonly a: Operand;
    readonly b: Operand;
    readonly bias: Operand | null;
    readonly out: Operand;
  },
  { m, k, n, transposeA, transposeB }: Product,
  { tile, store, parts, partLength }: {
    readonly tile: ProductTile;
    readonly store: Store;
    readonly parts: number;
    /** A multiple of 4. */
    readonly partLength: number;
  },
): KernelRun<"a" | "b" | "bias", "out"> {
  const grid = productGrid(tile, { m, n, batch: parts });
  const terms = termsOf(k);
  const loadsVectors = tile.family === "registers";
  const isVectorA = loadsVectors && (transposeA ? m : k) % 4 === 0;
  const isVectorB = loadsVectors && (transposeB ? k : n) % 4 === 0;
  return {
    name: "matmul",
    key: `${grid.key}|${+transposeA}${+transposeB}|${terms.key}|${epilogueKey(store)}`,
    reads: { a, b, bias: store.hasBias ? bias : null },
    writes: { out },
    elements: {
      a: isVectorA ? "vec4<f32>" : "f32",
      b: isVectorB ? "vec4<f32>" : "f32",
      ...epilogueElements(store),
    },
    uniforms: { i32: { ...grid.i32, k, partLength } },
    workgroups: grid.workgroups,
    source: ({ a, b, bias, out }) => {
      const first = "at * uniforms.partLength";
      const end = "min((at + 1) * uniforms.partLength, uniforms.k)";
      const start = (row: string) => `(at * uniforms.m + ${row}) * uniforms.n`;
      if (tile.family === "workgroup") {
        const matrix = (array: string, isAlong: boolean, pitch: string) => ({
          isAlong,
          line: (line: string) => isAlong ? `${line} * ${pitch}` : line,
          inner: (inner: string) => isAlong ? inner : `${inner} * ${pitch}`,
          read: (place: string) => `${array}[${place}]`,
        });
        return epilogue(store, { out, bias }) + workgroupProgram(tile, {
          first,
          end,
          left: matrix(a, !transposeA, transposeA ? "uniforms.m" : "uniforms.k"),
          right: matrix(b, transposeB, transposeB ? "uniforms.k" : "uniforms.n"),
          start,
        });
      }
      const [left, right] = [{ array: a, isVector: isVectorA }, { array: b, isVector: isVectorB }];
      return epilogue(store, { out, bias }) + registerProgram(
        tile,
        n,
        wgsl`
  ${declareSums(tile)}
  ${
          addProducts(tile, {
            first,
            end,
            terms,
            left: transposeA
              ? rowsAcross(tile, {
                ...left,
                start: (inner, i) => `${inner} * uniforms.m + row + ${i}`,
              })
              : rowsAlong(tile, { ...left, start: (i) => `(row + ${i}) * uniforms.k` }),
            right: transposeB
              ? columnsAlong({ ...right, start: (j) => `(column + ${j}) * uniforms.k` })
              : columnsAcross({
                ...right,
                start: (inner, j) => `${inner} * uniforms.n + column + ${j}`,
              }),
          })
        }
  ${storeSums(tile, { start: (i) => start(`row + ${i}`) })}`,
      );
    },
  };
}
