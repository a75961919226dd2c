import { logarithm } from "./_logarithm.ts";
import { Sfc32 } from "./_sfc32.ts";

/**
 * The state of a stream: four integers from 0 to 2^32 − 1, plain JSON.
 *
 * @example Keep a stream in a file
 * ```ts
 * import { random, type RandomState, restoreRandom } from "@gradus/random";
 * import { assertEquals } from "@std/assert";
 *
 * const stream = random(1);
 * const state: RandomState = JSON.parse(JSON.stringify(stream.save()));
 *
 * assertEquals(restoreRandom(state).bits(), stream.bits());
 * ```
 */
export type RandomState = readonly [number, number, number, number];

/**
 * A stream of random numbers, made by {@linkcode random} and passed to whoever needs one.
 *
 * Each call advances the stream. All numbers are the same, to the last bit, on every engine:
 * nothing beyond 32-bit integers and the + − × ÷ √ of IEEE 754 is used. (ECMAScript
 * asks no correct rounding of `Math.sqrt`, on which {@linkcode Random.normal} rests, but the
 * engines use the instruction of the processor, of which IEEE 754 does.)
 *
 * @example Draw numbers
 * ```ts
 * import { random } from "@gradus/random";
 * import { assert } from "@std/assert";
 *
 * const stream = random(0);
 * const die = 1 + stream.integer(6);
 *
 * assert(die >= 1 && die <= 6);
 * ```
 */
export interface Random {
  /**
   * 32 random bits: an integer from 0 to 2^32 − 1.
   *
   * @returns The integer
   */
  bits(): number;

  /**
   * A number from [`low`, `high`), `low + (high − low) · u` with u a multiple of 2^−53.
   *
   * @param low The least number, 0 unless given
   * @param high The bound above, never returned, 1 unless given
   * @returns The number
   * @throws {RangeError} If `low` is not below `high`, or their distance is not finite
   */
  uniform(low?: number, high?: number): number;

  /**
   * A number of the normal distribution, `mean + deviation · z`, with |z| < 12.1 for lack of finer
   * bits.
   *
   * Marsaglia's polar method with its second number thrown away, so that the stream keeps nothing
   * aside; its logarithm is the package's own, since `Math.log` differs from engine to engine.
   *
   * Source: Knuth, The Art of Computer Programming 2, 3.4.1, algorithm P.
   *
   * @param mean The mean, 0 unless given
   * @param deviation The standard deviation, 0 or more, 1 unless given
   * @returns The number
   * @throws {RangeError} If `deviation` is negative, or the numbers might not be finite
   */
  normal(mean?: number, deviation?: number): number;

  /**
   * An integer from 0 to `below` − 1, each exactly as likely as the others.
   *
   * @param below The bound above, an integer from 1 to 2^32
   * @returns The integer
   * @throws {RangeError} If `below` is not an integer from 1 to 2^32
   */
  integer(below: number): number;

  /**
   * The integers from 0 to `length` − 1 in random order, each order as likely as the others.
   *
   * Source: Knuth, The Art of Computer Programming 2, 3.4.2, algorithm P (Fisher and Yates).
   *
   * @param length How many, an integer from 0 to 2^31 − 1
   * @returns The integers, shape `[length]`, a new array
   * @throws {RangeError} If `length` is not an integer from 0 to 2^31 − 1
   */
  permutation(length: number): Int32Array<ArrayBuffer>;

  /**
   * A stream of its own, seeded with 96 bits of this one, which advances by three numbers.
   *
   * Whatever is drawn from either later leaves the other as it is. Among n streams split off, two
   * are the same with a probability of about n² / 2^97.
   *
   * @returns The new stream
   */
  split(): Random;

  /**
   * The state, from which {@linkcode restoreRandom} continues. The stream stays as it is.
   *
   * @returns Four integers, a new array
   */
  save(): RandomState;
}

/**
 * A stream of random numbers from a seed: the same seed gives the same numbers.
 *
 * Different seeds never give the same stream. The generator is sfc32 with a state of 128 bits.
 *
 * Source: C. Doty-Humphrey, PractRand 0.94, `sfc32`, seeded by 0 and the two halves of the seed.
 *
 * @param seed An integer from 0 to 2^53 − 1
 * @returns The stream
 * @throws {RangeError} If `seed` is not an integer from 0 to 2^53 − 1
 *
 * @example Two streams from one seed
 * ```ts
 * import { random } from "@gradus/random";
 * import { assertEquals, assertNotEquals } from "@std/assert";
 *
 * assertEquals(random(7).uniform(), random(7).uniform());
 * assertNotEquals(random(7).uniform(), random(8).uniform());
 * ```
 */
export function random(seed: number): Random {
  if (!isInteger(seed, 0, Number.MAX_SAFE_INTEGER)) {
    throw new RangeError(
      `Cannot seed a stream as the seed must be an integer from 0 to 9007199254740991: found ${seed}`,
    );
  }
  return new Stream(Sfc32.seeded(0, seed >>> 0, Math.floor(seed / TWO_TO_32)));
}

/**
 * The stream whose {@linkcode Random.save} gave `state`, as it was then.
 *
 * @param state Four integers from 0 to 2^32 − 1
 * @returns A new stream
 * @throws {TypeError} If `state` is not an array of four
 * @throws {RangeError} If one of the four is not an integer from 0 to 2^32 − 1
 *
 * @example Continue where a stream was saved
 * ```ts
 * import { random, restoreRandom } from "@gradus/random";
 * import { assertEquals } from "@std/assert";
 *
 * const stream = random(3);
 * const state = stream.save();
 *
 * assertEquals(restoreRandom(state).permutation(9), stream.permutation(9));
 * ```
 */
export function restoreRandom(state: RandomState): Random {
  if (!Array.isArray(state) || state.length !== 4) {
    const found = Array.isArray(state) ? `an array of ${state.length}` : typeof state;
    throw new TypeError(
      `Cannot restore a stream as its state must be an array of four integers: found ${found}`,
    );
  }
  for (const [index, word] of state.entries()) {
    if (!isInteger(word, 0, TWO_TO_32 - 1)) {
      throw new RangeError(
        `Cannot restore a stream as state[${index}] must be an integer from 0 to 4294967295: found ${word}`,
      );
    }
  }
  return new Stream(new Sfc32(state));
}

const TWO_TO_26 = 2 ** 26;
const TWO_TO_32 = 2 ** 32;
const TWO_TO_53 = 2 ** 53;
/** More than any z that `normal` can reach: √(−2 ln 2^−104) = 12.008. */
const FARTHEST_NORMAL = 12.1;

class Stream implements Random {
  readonly #generator: Sfc32;

  constructor(generator: Sfc32) {
    this.#generator = generator;
  }

  bits(): number {
    return this.#generator.next();
  }

  uniform(low = 0, high = 1): number {
    if (!(low < high)) {
      throw new RangeError(
        `Cannot draw a uniform number as low must be below high: found ${low} and ${high}`,
      );
    }
    const width = high - low;
    if (width === Infinity) {
      throw new RangeError(
        `Cannot draw a uniform number as high - low must be finite: found ${low} and ${high}`,
      );
    }
    let y = high;
    // The sum may round up to `high`, which does not belong to the interval.
    while (y >= high) y = low + width * this.#fraction();
    return y;
  }

  normal(mean = 0, deviation = 1): number {
    if (!(deviation >= 0)) {
      throw new RangeError(
        `Cannot draw a normal number as the deviation must be 0 or more: found ${deviation}`,
      );
    }
    if (!Number.isFinite(Math.abs(mean) + FARTHEST_NORMAL * deviation)) {
      throw new RangeError(
        `Cannot draw a normal number as it must be finite: found mean ${mean} and deviation ${deviation}`,
      );
    }
    let u = 0;
    let squares = 0;
    while (squares === 0 || squares >= 1) {
      u = 2 * this.#fraction() - 1;
      const v = 2 * this.#fraction() - 1;
      squares = u * u + v * v;
    }
    return mean + deviation * (u * Math.sqrt(-2 * logarithm(squares) / squares));
  }

  integer(below: number): number {
    if (!isInteger(below, 1, TWO_TO_32)) {
      throw new RangeError(
        `Cannot draw an integer as its bound must be an integer from 1 to 4294967296: found ${below}`,
      );
    }
    return this.#integer(below);
  }

  permutation(length: number): Int32Array<ArrayBuffer> {
    if (!isInteger(length, 0, 0x7fffffff)) {
      throw new RangeError(
        `Cannot draw a permutation as its length must be an integer from 0 to 2147483647: found ${length}`,
      );
    }
    const order = new Int32Array(length);
    for (let i = 0; i < length; i++) {
      const j = this.#integer(i + 1);
      order[i] = order[j];
      order[j] = i;
    }
    return order;
  }

  split(): Random {
    return new Stream(Sfc32.seeded(this.bits(), this.bits(), this.bits()));
  }

  save(): RandomState {
    return this.#generator.save();
  }

  /** A multiple of 2^−53 from [0, 1). */
  #fraction(): number {
    const high27 = this.bits() >>> 5;
    const low26 = this.bits() >>> 6;
    return (high27 * TWO_TO_26 + low26) / TWO_TO_53;
  }

  #integer(below: number): number {
    // Without the last, incomplete round of remainders, none is more likely than another.
    const limit = TWO_TO_32 - TWO_TO_32 % below;
    let bits = this.bits();
    while (bits >= limit) bits = this.bits();
    return bits % below;
  }
}

function isInteger(value: number, least: number, most: number): boolean {
  return Number.isInteger(value) && value >= least && value <= most;
}
