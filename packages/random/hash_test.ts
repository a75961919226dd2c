import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { hash } from "./hash.ts";
import { random } from "./random.ts";

type Inputs = [key: number, step: number, element: number];

describe("hash()", () => {
  it("gives the numbers of the same formula in C", () => {
    // uint32_t s(uint32_t x) {
    //   x += 0x9e3779b9; x ^= x >> 16; x *= 0x21f0aaad; x ^= x >> 15; x *= 0xd35a2d97;
    //   return x ^ x >> 15;
    // }
    // uint32_t hash(uint32_t key, uint32_t step, uint32_t element) {
    //   return s(key ^ s(step ^ s(element)));
    // }
    const golden: [Inputs, number][] = [
      [[0, 0, 0], 0x0f1a00ed],
      [[0, 0, 1], 0x15ad6a5b],
      [[0, 1, 0], 0x55a01021],
      [[1, 0, 0], 0x38196cbe],
      [[1, 2, 3], 0x6b7a8004],
      [[0xffffffff, 0xffffffff, 0xffffffff], 0x218b4cf6],
      [[0xdeadbeef, 1000, 123456789], 0x227ecc8d],
    ];
    for (const [inputs, expected] of golden) assertEquals(hash(...inputs), expected);
  });

  it("flips each bit half the time when a bit of key, step or element flips", () => {
    const trials = 4096;
    // Hoeffding: P(|flips / trials − ½| ≥ bound) ≤ 2 exp(−2 · trials · bound²), over 3 · 32 · 32
    // pairs of bits, is to stay below 10^−6.
    const bound = Math.sqrt(Math.log(2 * 3 * 32 * 32 / 1e-6) / (2 * trials));
    const stream = random(1);
    for (let input = 0; input < 3; input++) {
      for (let inputBit = 0; inputBit < 32; inputBit++) {
        const flips = new Int32Array(32);
        for (let trial = 0; trial < trials; trial++) {
          const inputs: Inputs = [stream.bits(), stream.integer(1000), stream.integer(1000)];
          const before = hash(...inputs);
          inputs[input] = (inputs[input] ^ (1 << inputBit)) >>> 0;
          const flipped = before ^ hash(...inputs);
          for (let bit = 0; bit < 32; bit++) flips[bit] += (flipped >>> bit) & 1;
        }
        for (const [bit, count] of flips.entries()) {
          const rate = count / trials;
          assert(Math.abs(rate - 0.5) < bound, `input ${input}, ${inputBit} to ${bit}: ${rate}`);
        }
      }
    }
  });

  for (const [name, inputs] of consecutive()) {
    it(`fills buckets evenly over consecutive ${name}`, () => {
      const draws = 65_536;
      for (const shift of [24, 0]) {
        const counts = new Float64Array(256);
        for (let i = 0; i < draws; i++) counts[(hash(...inputs(i)) >>> shift) & 255]++;
        assertChiSquare(counts);
      }
    });

    it(`is not correlated over consecutive ${name}`, () => {
      const draws = 65_536;
      for (const lag of [1, 2, 32]) {
        let product = 0;
        for (let i = 0; i < draws; i++) {
          product += centred(hash(...inputs(i))) * centred(hash(...inputs(i + lag)));
        }
        // The products of independent uniforms on (−½, ½) have the variance 1/144.
        assert(Math.abs(product / draws) < 5 * Math.sqrt(1 / 144 / draws), `${product / draws}`);
      }
    });
  }

  it("has a different value for each value of one input", () => {
    for (const [, inputs] of consecutive()) {
      const seen = new Set<number>();
      for (let i = 0; i < 20_000; i++) seen.add(hash(...inputs(i)));
      assertEquals(seen.size, 20_000);
    }
  });

  it("refuses what is not an unsigned 32-bit integer", () => {
    assertThrows(
      () => hash(-1, 0, 0),
      RangeError,
      "Cannot hash a number as the key must be an integer from 0 to 4294967295: found -1",
    );
    assertThrows(
      () => hash(0, 0.5, 0),
      RangeError,
      "Cannot hash a number as the step must be an integer from 0 to 4294967295: found 0.5",
    );
    assertThrows(
      () => hash(0, 0, 2 ** 32),
      RangeError,
      "Cannot hash a number as the element must be an integer from 0 to 4294967295: found 4294967296",
    );
    assertThrows(
      () => hash(0, 0, NaN),
      RangeError,
      "Cannot hash a number as the element must be an integer from 0 to 4294967295: found NaN",
    );
  });
});

function consecutive(): [name: string, inputs: (i: number) => Inputs][] {
  return [
    ["keys", (i) => [i, 3, 5]],
    ["steps", (i) => [7, i, 5]],
    ["elements", (i) => [7, 3, i]],
  ];
}

function centred(word: number): number {
  return word / 2 ** 32 - 0.5;
}

/** Laurent and Massart (2000), lemma 1: a chi-square leaves these bounds with probability 2e^−14. */
function assertChiSquare(counts: Float64Array): void {
  const expected = counts.reduce((sum, count) => sum + count) / counts.length;
  const statistic = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  const freedom = counts.length - 1;
  assert(statistic < freedom + 2 * Math.sqrt(freedom * 14) + 2 * 14, `${statistic}`);
  assert(statistic > freedom - 2 * Math.sqrt(freedom * 14), `${statistic}`);
}
