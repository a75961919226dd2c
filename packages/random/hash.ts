/**
 * A random integer that depends on three numbers alone: s(key ⊕ s(step ⊕ s(element))), where s
 * scrambles the bits of one.
 *
 * This is randomness without a stream. A dropout kernel asks for the number of its layer (`key`),
 * of the training step and of the element, in whatever order and on whatever backend, and always
 * drops the same units: keep an element with probability p where `hash(…) < p · 2^32`.
 *
 * It consists of sums, products (their low 32 bits), shifts and exclusive ors of unsigned 32-bit
 * integers, which WGSL (`u32`) and WebAssembly (`i32x4`) have too:
 *
 * ```wgsl
 * fn scramble(x: u32) -> u32 {
 *   var h = x + 0x9e3779b9u;
 *   h = (h ^ (h >> 16u)) * 0x21f0aaadu;
 *   h = (h ^ (h >> 15u)) * 0xd35a2d97u;
 *   return h ^ (h >> 15u);
 * }
 *
 * fn hash(key: u32, step: u32, element: u32) -> u32 {
 *   return scramble(key ^ scramble(step ^ scramble(element)));
 * }
 * ```
 *
 * Where two of the three are given, different values of the third have different hashes.
 *
 * Source: the multipliers and shifts are those of TheIronBorn in C. Wellons's hash-prospector
 * (issue 19), which ranks mixers by how evenly each bit of x flips the bits of the result; the
 * sum before them, the step of SplitMix (Steele, Lea and Flood, OOPSLA 2014), keeps 0 from
 * staying 0.
 *
 * @param key An integer from 0 to 2^32 − 1: who asks
 * @param step An integer from 0 to 2^32 − 1: when
 * @param element An integer from 0 to 2^32 − 1: for which element
 * @returns An integer from 0 to 2^32 − 1
 * @throws {RangeError} If one of the three is not an integer from 0 to 2^32 − 1
 *
 * @example A mask that drops half the units
 * ```ts
 * import { hash } from "@gradus/random";
 * import { assertEquals } from "@std/assert";
 *
 * const key = 11;
 * const step = 0;
 * const kept = [0, 1, 2, 3, 4].map((element) => hash(key, step, element) < 0.5 * 2 ** 32);
 *
 * assertEquals(kept, [false, true, false, true, true]);
 * ```
 */
export function hash(key: number, step: number, element: number): number {
  checkWord("key", key);
  checkWord("step", step);
  checkWord("element", element);
  return scramble(key ^ scramble(step ^ scramble(element))) >>> 0;
}

function scramble(x: number): number {
  let h = (x + 0x9e3779b9) | 0;
  h = Math.imul(h ^ (h >>> 16), 0x21f0aaad);
  h = Math.imul(h ^ (h >>> 15), 0xd35a2d97);
  return h ^ (h >>> 15);
}

function checkWord(name: string, value: number): void {
  if (value >>> 0 !== value) {
    throw new RangeError(
      `Cannot hash a number as the ${name} must be an integer from 0 to 4294967295: found ${value}`,
    );
  }
}
