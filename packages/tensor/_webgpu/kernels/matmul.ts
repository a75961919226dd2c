import type { Operand } from "../../backend.ts";
import type { KernelRun } from "../kernel_run.ts";
import { epilogue, epilogueElements, epilogueKey, type Store } from "./epilogue.ts";
import {
  addProducts,
  columnsAcross,
  columnsAlong,
  declareSums,
  registerGrid,
  registerProgram,
  type RegisterTile,
  rowsAcross,
  rowsAlong,
  storeSums,
} from "./register_tile.ts";

/** A product of matrices: `out [m, n] = a [m, k] · b [k, n]`, where `a` and `b` may be stored transposed. */
export interface Product {
  readonly m: number;
  readonly k: number;
  readonly n: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

/**
 * The product, with tiles in registers. In several parts, of `partLength` products each, `out` is
 * `[parts, m, n]`, whose sum is the product.
 */
export function matmulRun(
  { a, b, bias, out }: {
    readonly a: Operand;
    readonly b: Operand;
    readonly bias: Operand | null;
    readonly out: Operand;
  },
  { m, k, n, transposeA, transposeB }: Product,
  { tile, store, parts, partLength }: {
    readonly tile: RegisterTile;
    readonly store: Store;
    readonly parts: number;
    /** A multiple of 4. */
    readonly partLength: number;
  },
): KernelRun<"a" | "b" | "bias", "out"> {
  const grid = registerGrid(tile, { m, n, batch: parts });
  const rest = k % 4;
  const isVectorA = (transposeA ? m : k) % 4 === 0;
  const isVectorB = (transposeB ? k : n) % 4 === 0;
  return {
    name: "matmul",
    key: `${grid.key}|${+transposeA}${+transposeB}|${rest}|${epilogueKey(store)}`,
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
      const [left, right] = [{ array: a, isVector: isVectorA }, { array: b, isVector: isVectorB }];
      return epilogue(store, { out, bias }) + registerProgram(
        tile,
        n,
        [
          declareSums(tile),
          "let first = at * uniforms.partLength;",
          "let end = min(first + uniforms.partLength, uniforms.k);",
          addProducts(tile, {
            first: "first",
            end: "end",
            rest,
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
          }),
          storeSums(tile, { start: (i) => `(at * uniforms.m + row + ${i}) * uniforms.n` }),
        ].join("\n  "),
      );
    },
  };
}
