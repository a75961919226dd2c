/** 2 / π · 2²²⁴, rounded down. */
const TWO_OVER_PI = 0xa2f9836e4e441529fc2757d1f534ddc0db6295993c439041fe5163abn;
const BITS = 224;

/** Bits of a piece: as many as float32 has, so that their product is exact in float64. */
export const PIECE_BITS = 24;

/**
 * The bits of 2 / π from number `first` on, as many as a piece has, as a number of their own place: 2 / π is
 * the sum of the pieces from 0, 24, 48, … on.
 */
export function pieceOfTwoOverPi(first: number): number {
  const bits = (TWO_OVER_PI >> BigInt(BITS - PIECE_BITS - first)) & 0xffffffn;
  return Number(bits) * 2 ** -(first + PIECE_BITS);
}

/**
 * Pieces by their first bit, for the largest float32, of which four pieces are taken; as words of memory.
 * A number of 2²⁶ · 2ⁿ needs no bits before the nth: their product is a multiple of 4.
 */
export function wordsOfTwoOverPi(): number[] {
  const pieces = Array.from({ length: BITS - PIECE_BITS }, (_, first) => pieceOfTwoOverPi(first));
  return [...new Int32Array(new Float64Array(pieces).buffer)];
}
