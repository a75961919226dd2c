import { f32x4, type Term, type Value } from "../instructions.ts";

/** What depends on whether the engine has relaxed SIMD. */
export interface Arithmetic {
  /** `a · b + c`, fused where the engine can. */
  readonly madd: (a: Term<"v128">, b: Term<"v128">, c: Term<"v128">) => Value<"v128">;
  /** Rows of a product's tile: as many as registers allow. */
  readonly tileRows: number;
}

export const relaxed: Arithmetic = { madd: f32x4.relaxedMadd, tileRows: 6 };

// Multiply and add need a register for what is between them, so the tile is a row lower.
export const plain: Arithmetic = {
  madd: (a, b, c) => f32x4.add(f32x4.mul(a, b), c),
  tileRows: 5,
};
