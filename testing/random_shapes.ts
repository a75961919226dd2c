import type { Random } from "@gradus/random";
import type { Shape } from "@gradus/tensor";

/** Ranks 0 to 5; lengths of 1, odd ones, one over a multiple of 4, 8 and 16; more than one tile; many. */
export const shapes: readonly Shape[] = [
  [],
  [1],
  [17],
  [5, 3],
  [2, 3, 8],
  [2, 1, 3, 5],
  [2, 3, 1, 4, 3],
  [67, 129],
  [100_003],
];

/** A result's shape, and shapes of operands that broadcast to it. */
export interface BroadcastPattern {
  /** Of the result. */
  readonly shape: Shape;
  /** Of the operands: leading axes may be missing, and lengths may be 1. */
  readonly operands: readonly Shape[];
}

/** The ways of broadcasting that have kernels of their own, then random ones of rank 0 to 5. */
export function broadcastPatterns(
  random: Random,
  options: { readonly operands: number; readonly count: number },
): BroadcastPattern[] {
  const rows: Shape = [67, 129];
  const usual: Shape[] = [rows, [129], [67, 1], [1], [1, 129], []];
  const patterns = usual.map((other, i): BroadcastPattern => ({
    shape: rows,
    operands: Array.from(
      { length: options.operands },
      (_, place) => place === i % options.operands ? rows : other,
    ),
  }));
  for (let i = 0; i < options.count; i++) {
    const shape = Array.from({ length: random.integer(6) }, () => 1 + random.integer(5));
    const operands = Array.from({ length: options.operands }, () => shrink(random, shape));
    // Every length has to come from somewhere.
    operands[random.integer(options.operands)] = shape;
    patterns.push({ shape, operands });
  }
  return patterns;
}

function shrink(random: Random, shape: Shape): Shape {
  return shape
    .map((length) => random.integer(3) === 0 ? 1 : length)
    .slice(random.integer(3) === 0 ? random.integer(shape.length + 1) : 0);
}
