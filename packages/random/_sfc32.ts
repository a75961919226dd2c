/** Four 32-bit words: the whole state of {@linkcode Sfc32}. */
export type Words = readonly [a: number, b: number, c: number, counter: number];

const SEEDING_ROUNDS = 15;

/**
 * The generator sfc32, "small fast counting", of 2^127 numbers on average and never fewer than
 * 2^32, because one of its four words counts.
 *
 * Each of the 2^128 states is allowed, and each leads to a state of its own, so that streams
 * which start apart never meet at the same step. Only sums, shifts and exclusive ors of 32-bit
 * integers: every engine computes the same.
 *
 * Source: C. Doty-Humphrey, PractRand 0.94, `sfc32` (public domain).
 */
export class Sfc32 {
  #a: number;
  #b: number;
  #c: number;
  #counter: number;

  /** Continues from `words`, as {@linkcode Sfc32.save} gave them. */
  constructor([a, b, c, counter]: Words) {
    this.#a = a;
    this.#b = b;
    this.#c = c;
    this.#counter = counter;
  }

  /** Starts from 96 bits of seed. */
  static seeded(a: number, b: number, c: number): Sfc32 {
    const generator = new Sfc32([a, b, c, 1]);
    for (let round = 0; round < SEEDING_ROUNDS; round++) generator.next();
    return generator;
  }

  /** The next integer, from 0 to 2^32 − 1. */
  next(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** The state, from which the constructor continues. */
  save(): Words {
    return [this.#a >>> 0, this.#b >>> 0, this.#c >>> 0, this.#counter >>> 0];
  }
}
