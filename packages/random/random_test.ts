import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertNotEquals,
  assertThrows,
} from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import * as fc from "fast-check";
import { type Random, random, type RandomState, restoreRandom } from "./random.ts";

describe("random()", () => {
  it("gives the numbers of sfc32 in C, seeded by 0 and the halves of the seed", () => {
    // The generator of _sfc32_test.ts in C with a = 0, b = (uint32_t)seed, c = seed >> 32.
    const golden: [seed: number, bits: number[]][] = [
      [0, [0xfb52c520, 0x38802be1, 0x948279e6, 0xec4bf1d9]],
      [1, [0x6a161a47, 0x78c8aace, 0x63091598, 0xa2aa2971]],
      [42, [0x4a934eb2, 0x271fe4cf, 0x1c80a59d, 0xc3676257]],
      [2 ** 32, [0x3e69971e, 0x6ebec678, 0xe64b729a, 0xf7b630ed]],
      [2 ** 53 - 1, [0x0ae443ad, 0x716ed290, 0x5e97119e, 0x49ed2b45]],
    ];
    for (const [seed, bits] of golden) {
      const stream = random(seed);
      assertEquals(bits.map(() => stream.bits()), bits);
    }
  });

  it("has a stream of its own for each seed", () => {
    fc.assert(fc.property(fc.maxSafeNat(), fc.maxSafeNat(), (seed, other) => {
      fc.pre(seed !== other);
      assertNotEquals(draws(random(seed)), draws(random(other)));
      assertEquals(draws(random(seed)), draws(random(seed)));
    }));
  });

  it("refuses what is not a safe integer of at least 0", () => {
    for (const seed of [-1, 0.5, 2 ** 53, NaN, Infinity]) {
      assertThrows(
        () => random(seed),
        RangeError,
        `Cannot seed a stream as the seed must be an integer from 0 to 9007199254740991: found ${seed}`,
      );
    }
  });
});

describe("Random.bits()", () => {
  it("fills buckets evenly by its high and its low bits", () => {
    for (const shift of [24, 0]) {
      const stream = random(2);
      assertEvenly(256, () => (stream.bits() >>> shift) & 255);
    }
  });
});

describe("Random.uniform()", () => {
  it("gives the numbers of the same formula in C", () => {
    // ((next() >> 5) * 67108864.0 + (next() >> 6)) / 9007199254740992.0
    const stream = random(42);
    const golden = [
      0.29131022954605823,
      0.11133799525571064,
      0.31669596844966619,
      0.6252355930628104,
    ];
    assertEquals(golden.map(() => stream.uniform()), golden);
  });

  it("has the moments of the uniform distribution", () => {
    const stream = random(3);
    const sample = Float64Array.from({ length: DRAWS }, () => stream.uniform(2, 5));
    // x = 2 + 3u: the mean of u has the variance 1/12n, that of (u − ½)² has 1/180n.
    assertAlmostEquals(mean(sample), 3.5, 5 * 3 * Math.sqrt(1 / 12 / DRAWS));
    const squares = sample.map((x) => (x - 3.5) ** 2);
    assertAlmostEquals(mean(squares), 9 / 12, 5 * 9 * Math.sqrt(1 / 180 / DRAWS));
  });

  it("uses 53 bits", () => {
    const stream = random(4);
    const scaled = Array.from({ length: 64 }, () => stream.uniform() * 2 ** 53);
    assert(scaled.every(Number.isInteger));
    assert(scaled.some((integer) => integer % 2 === 1));
  });

  it("stays in [low, high) where rounding would reach high", () => {
    const stream = random(5);
    const high = 1 + Number.EPSILON;
    for (let draw = 0; draw < 100; draw++) assertEquals(stream.uniform(1, high), 1);
  });

  it("stays in [low, high) for any bounds", () => {
    const bound = fc.double({ min: -1e300, max: 1e300, noNaN: true });
    fc.assert(fc.property(bound, bound, fc.maxSafeNat(), (low, high, seed) => {
      fc.pre(low < high);
      const x = random(seed).uniform(low, high);
      assert(x >= low && x < high, `${x}`);
    }));
  });

  it("refuses bounds that are reversed, equal or not finite", () => {
    for (const [low, high] of [[1, 0], [2, 2], [NaN, 1], [0, NaN]]) {
      assertThrows(
        () => random(0).uniform(low, high),
        RangeError,
        `Cannot draw a uniform number as low must be below high: found ${low} and ${high}`,
      );
    }
    for (const [low, high] of [[-Infinity, 1], [0, Infinity], [-1e308, 1e308]]) {
      assertThrows(
        () => random(0).uniform(low, high),
        RangeError,
        `Cannot draw a uniform number as high - low must be finite: found ${low} and ${high}`,
      );
    }
  });
});

describe("Random.normal()", () => {
  it("gives these numbers on every engine", () => {
    const stream = random(42);
    const recorded = [
      -0.3348174293569777,
      -1.488011313688838,
      0.010204008555813692,
      0.9507803592217646,
      0.391504293460256,
      0.8413797609603667,
    ];
    assertEquals(recorded.map(() => stream.normal()), recorded);
  });

  it("agrees with the polar method in C's long double", () => {
    // do { u = 2 * uniform() - 1; v = 2 * uniform() - 1; s = u * u + v * v; }
    // while (s >= 1 || s == 0);
    // return (double)(u * sqrtl(-2 * logl((long double)s) / s));
    const stream = random(42);
    const golden = [
      -0.33481742935697772,
      -1.4880113136888382,
      0.010204008555813692,
      0.95078035922176463,
      0.39150429346025606,
      0.8413797609603666,
    ];
    for (const expected of golden) {
      assertAlmostEquals(stream.normal() / expected, 1, 4 * Number.EPSILON);
    }
  });

  it("has the moments of the normal distribution", () => {
    const stream = random(6);
    const sample = Float64Array.from({ length: DRAWS }, () => stream.normal());
    // E z^2k = 1 · 3 · 5 ⋯ (2k − 1), so the means of z, z², z³, z⁴ have these variances, over n.
    const variances = [1, 3 - 1, 15, 105 - 9];
    for (const [index, moment] of [0, 1, 0, 3].entries()) {
      const powers = sample.map((z) => z ** (index + 1));
      assertAlmostEquals(mean(powers), moment, 5 * Math.sqrt(variances[index] / DRAWS));
    }
  });

  it("fills the deciles of the normal distribution evenly", () => {
    // python3 -c "from statistics import NormalDist as N; print(N().quantiles(10))"
    const deciles = [
      -1.2815515655446008,
      -0.8416212335729142,
      -0.5244005127080407,
      -0.2533471031357998,
      0,
      0.2533471031357998,
      0.5244005127080407,
      0.8416212335729144,
      1.2815515655446008,
    ];
    const stream = random(7);
    assertEvenly(10, () => {
      const z = stream.normal();
      return deciles.filter((decile) => decile <= z).length;
    });
  });

  it("is mean + deviation · z", () => {
    assertEquals(random(8).normal(3, 2), 3 + 2 * random(8).normal());
    assertEquals(random(8).normal(3, 0), 3);
  });

  it("refuses a negative deviation and numbers that are not finite", () => {
    for (const deviation of [-1, NaN]) {
      assertThrows(
        () => random(0).normal(0, deviation),
        RangeError,
        `Cannot draw a normal number as the deviation must be 0 or more: found ${deviation}`,
      );
    }
    for (const [mean, deviation] of [[NaN, 1], [Infinity, 1], [0, Infinity], [1e308, 1e307]]) {
      assertThrows(
        () => random(0).normal(mean, deviation),
        RangeError,
        `Cannot draw a normal number as it must be finite: found mean ${mean} and deviation ${deviation}`,
      );
    }
  });
});

describe("Random.integer()", () => {
  it("gives each integer below the bound equally often", () => {
    const stream = random(9);
    for (const below of [2, 3, 7, 100]) assertEvenly(below, () => stream.integer(below));
  });

  it("is not biased where the bound does not divide 2^32", () => {
    // Remainders of 32 bits alone would fall below 2^30 half the time instead of a third.
    const below = 3 * 2 ** 30;
    const stream = random(10);
    assertEvenly(3, () => Math.floor(stream.integer(below) / 2 ** 30));
  });

  it("accepts 1 and 2^32", () => {
    assertEquals(random(11).integer(1), 0);
    assertEquals(random(11).integer(2 ** 32), random(11).bits());
  });

  it("refuses a bound that is not an integer from 1 to 2^32", () => {
    for (const below of [0, -1, 1.5, 2 ** 32 + 1, NaN]) {
      assertThrows(
        () => random(0).integer(below),
        RangeError,
        `Cannot draw an integer as its bound must be an integer from 1 to 4294967296: found ${below}`,
      );
    }
  });
});

describe("Random.permutation()", () => {
  it("holds each index once", () => {
    fc.assert(fc.property(fc.nat(300), fc.maxSafeNat(), (length, seed) => {
      const order = random(seed).permutation(length);
      assertEquals(order.toSorted(), Int32Array.from({ length }, (_, i) => i));
    }));
  });

  it("gives each of the 24 orders of four equally often", () => {
    const stream = random(12);
    assertEvenly(24, () => {
      const [a, b, c, d] = stream.permutation(4);
      const later = (x: number, rest: number[]) => rest.filter((y) => y < x).length;
      return 6 * a + 2 * later(b, [c, d]) + later(c, [d]);
    });
  });

  it("refuses a length that is not an integer from 0 to 2^31 - 1", () => {
    for (const length of [-1, 0.5, 2 ** 31, NaN]) {
      assertThrows(
        () => random(0).permutation(length),
        RangeError,
        `Cannot draw a permutation as its length must be an integer from 0 to 2147483647: found ${length}`,
      );
    }
  });
});

describe("Random.split()", () => {
  it("gives streams that differ from the first and from each other", () => {
    const stream = random(13);
    const children = Array.from({ length: 50 }, () => stream.split());
    const grandchildren = children.map((child) => child.split());
    const all = [stream, ...children, ...grandchildren].map((each) => draws(each).join());
    assertEquals(new Set(all).size, 101);
  });

  it("advances the first by three numbers, and no more whatever the other draws", () => {
    const stream = random(14);
    const other = random(14);
    draws(stream.split());
    for (let skipped = 0; skipped < 3; skipped++) other.bits();
    assertEquals(draws(stream), draws(other));
  });

  it("gives streams without correlation", () => {
    const stream = random(15);
    const child = stream.split();
    let product = 0;
    for (let draw = 0; draw < DRAWS; draw++) {
      product += (stream.uniform() - 0.5) * (child.uniform() - 0.5);
    }
    assertAlmostEquals(product / DRAWS, 0, 5 * Math.sqrt(1 / 144 / DRAWS));
  });
});

describe("restoreRandom()", () => {
  it("continues exactly where save() was called, through JSON", () => {
    fc.assert(fc.property(fc.maxSafeNat(), fc.nat(20), (seed, drawn) => {
      const stream = random(seed);
      for (let draw = 0; draw < drawn; draw++) stream.normal();
      const restored = restoreRandom(JSON.parse(JSON.stringify(stream.save())));
      assertEquals(everything(restored), everything(stream));
    }));
  });

  it("refuses what is not an array of four", () => {
    for (
      const [state, found] of [
        [null, "object"],
        [undefined, "undefined"],
        ["1234", "string"],
        [[1, 2, 3], "an array of 3"],
        [[1, 2, 3, 4, 5], "an array of 5"],
      ]
    ) {
      assertThrows(
        () => restoreRandom(state as unknown as RandomState),
        TypeError,
        `Cannot restore a stream as its state must be an array of four integers: found ${found}`,
      );
    }
  });

  it("refuses words that are not unsigned 32-bit integers", () => {
    for (const word of [-1, 0.5, 2 ** 32, NaN, null, "1"]) {
      assertThrows(
        () => restoreRandom([1, 2, word as number, 4]),
        RangeError,
        `Cannot restore a stream as state[2] must be an integer from 0 to 4294967295: found ${word}`,
      );
    }
  });
});

const DRAWS = 50_000;

function draws(stream: Random): number[] {
  return Array.from({ length: 4 }, () => stream.bits());
}

function everything(stream: Random): unknown[] {
  return [
    stream.bits(),
    stream.uniform(),
    stream.normal(),
    stream.integer(10),
    stream.permutation(5),
    stream.split().bits(),
    stream.save(),
  ];
}

function mean(sample: Float64Array): number {
  return sample.reduce((sum, x) => sum + x, 0) / sample.length;
}

/**
 * Asserts that `draw` fills `buckets` evenly, by the chi-square test. Laurent and Massart (2000),
 * lemma 1: the statistic leaves these bounds with probability 2e^−14.
 */
function assertEvenly(buckets: number, draw: () => number): void {
  const counts = new Float64Array(buckets);
  for (let drawn = 0; drawn < DRAWS; drawn++) counts[draw()]++;
  const expected = DRAWS / buckets;
  const statistic = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
  const freedom = buckets - 1;
  assert(statistic < freedom + 2 * Math.sqrt(freedom * 14) + 2 * 14, `${statistic}`);
  assert(statistic > freedom - 2 * Math.sqrt(freedom * 14), `${statistic}`);
}
