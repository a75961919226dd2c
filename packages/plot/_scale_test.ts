import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { linearScale, logarithmicScale, type Scale } from "./_scale.ts";

function written({ ticks }: Scale): string[] {
  return ticks.map(({ label }) =>
    label.exponent === undefined ? label.text : `${label.text}^${label.exponent}`
  );
}

/** Two different numbers, the smaller first. */
function extents(min: number, max: number): fc.Arbitrary<{ min: number; max: number }> {
  return fc.tuple(
    fc.double({ min, max, noNaN: true }),
    fc.double({ min, max, noNaN: true }),
  ).map(([a, b]) => ({ min: Math.min(a, b), max: Math.max(a, b) }));
}

/** What the rounding of two numbers to 53 bits can be, as a part of the way from one to the other. */
function rounding(min: number, max: number): number {
  const size = Math.max(Math.abs(min), Math.abs(max));
  return max > min ? Math.min(1e-3, 1e-8 + 4 * Number.EPSILON * size / (max - min)) : 1e-8;
}

function checkPositions(
  scale: Scale,
  { min, max }: { min: number; max: number },
  error: number,
): void {
  for (const value of [min, max, ...scale.ticks.map((tick) => tick.value), ...scale.minor]) {
    const position = scale.position(value);
    assert(position >= -error && position <= 1 + error, `${value} is at ${position}`);
  }
  assert(scale.position(min) <= scale.position(max));
}

describe("linearScale()", () => {
  it("goes on to the next tick at either end if it is nice", () => {
    const scale = linearScale({ min: 0.13, max: 2.31 }, { count: 5, nice: true });
    assertEquals(written(scale), ["0", "0.5", "1.0", "1.5", "2.0", "2.5"]);
    assertEquals([scale.position(0), scale.position(2.5)], [0, 1]);
  });

  it("ends with the numbers if it is not", () => {
    const scale = linearScale({ min: 0.13, max: 2.31 }, { count: 5, nice: false });
    assertEquals(written(scale), ["0.5", "1.0", "1.5", "2.0"]);
    assertEquals([scale.position(0.13), scale.position(2.31)], [0, 1]);
  });

  it("steps by 1, 2 or 5", () => {
    const steps = [1, 1.3, 1.5, 3, 3.3, 6.9, 7.1, 10].map((size) => {
      const { ticks } = linearScale({ min: 0, max: size }, { count: 1, nice: true });
      return ticks[1].value;
    });
    assertEquals(steps, [1, 1, 2, 2, 5, 5, 10, 10]);
  });

  it("has ticks that are the numbers they say", () => {
    const { ticks } = linearScale({ min: 0, max: 1 }, { count: 10, nice: true });
    assertEquals(ticks.map(({ value }) => value), [
      0,
      0.1,
      0.2,
      0.3,
      0.4,
      0.5,
      0.6,
      0.7,
      0.8,
      0.9,
      1,
    ]);
  });

  it("keeps to whole numbers on request", () => {
    const options = { count: 8, nice: false };
    assertEquals(written(linearScale({ min: 1, max: 3 }, { ...options, whole: true })), [
      "1",
      "2",
      "3",
    ]);
    assertEquals(written(linearScale({ min: 1, max: 1 }, { ...options, whole: true })), ["1"]);
  });

  it("writes large and small numbers with one power of ten", () => {
    const options = { count: 3, nice: true };
    assertEquals(
      written(linearScale({ min: 1e-7, max: 4e-7 }, options)),
      ["1×10^−7", "2×10^−7", "3×10^−7", "4×10^−7"].map((text) => text.replace("1×10", "10")),
    );
    assertEquals(
      written(linearScale({ min: -1e6, max: 5e5 }, options)),
      ["−1.0×10^6", "−0.5×10^6", "0", "0.5×10^6"],
    );
    assertEquals(
      written(linearScale({ min: 0, max: 20_000 }, options)),
      ["0", "5000", "10\u2009000", "15\u2009000", "20\u2009000"],
    );
  });

  it("makes room around a constant", () => {
    const options = { count: 4, nice: true };
    const half = linearScale({ min: 0.5, max: 0.5 }, options);
    assertAlmostEquals(half.position(0.5), 0.5, 1e-12);
    assertEquals(written(half), ["0.44", "0.46", "0.48", "0.50", "0.52", "0.54", "0.56"]);
    assertEquals(written(linearScale({ min: 0, max: 0 }, options)), [
      "−1.0",
      "−0.5",
      "0",
      "0.5",
      "1.0",
    ]);
    const noise = linearScale({ min: 1, max: 1 + 2e-16 }, options);
    assertAlmostEquals(noise.position(1), 0.5, 1e-9);
  });

  it("has few ticks and all values on it, whatever they are", () => {
    const kinds = fc.oneof(
      extents(-1e300, 1e300),
      extents(-1, 1),
      extents(-1e-305, 1e-305),
      extents(1e9, 1e9 + 1),
    );
    fc.assert(
      fc.property(kinds, fc.integer({ min: 1, max: 12 }), fc.boolean(), (extent, count, nice) => {
        const scale = linearScale(extent, { count, nice });
        checkPositions(scale, extent, rounding(extent.min, extent.max));
        assert(scale.ticks.length <= 2 * count + 3, `${scale.ticks.length} ticks`);
        assertEquals(new Set(written(scale)).size, scale.ticks.length);
      }),
    );
  });
});

describe("logarithmicScale()", () => {
  it("has a tick for each power of ten and lines between them", () => {
    const scale = logarithmicScale({ min: 0.001, max: 100 }, { count: 6, nice: true });
    assertEquals(written(scale), ["0.001", "0.01", "0.1", "1", "10", "100"]);
    assertAlmostEquals(scale.position(0.01), 0.2, 1e-12);
    assertEquals(scale.minor.length, 5 * 8);
  });

  it("has more ticks where there is room", () => {
    const options = { count: 8, nice: true };
    assertEquals(
      written(logarithmicScale({ min: 0.12, max: 2.3 }, options)),
      ["0.1", "0.2", "0.5", "1", "2", "5"],
    );
    assertEquals(
      written(logarithmicScale({ min: 2, max: 9 }, { count: 9, nice: false })),
      ["2", "3", "4", "5", "6", "7", "8", "9"],
    );
  });

  it("skips powers where there is none", () => {
    const scale = logarithmicScale({ min: 1e-18, max: 1 }, { count: 7, nice: true });
    assertEquals(written(scale), ["10^−18", "10^−15", "10^−12", "10^−9", "10^−6", "10^−3", "10^0"]);
    assertEquals(scale.minor, []);
  });

  it("has the ticks of a linear scale where its ends are close", () => {
    assertEquals(
      written(logarithmicScale({ min: 0.321, max: 0.34 }, { count: 4, nice: true })),
      ["0.320", "0.325", "0.330", "0.335", "0.340"],
    );
    assertEquals(
      written(logarithmicScale({ min: 1.1, max: 1.9 }, { count: 4, nice: false })),
      ["1.2", "1.4", "1.6", "1.8"],
    );
  });

  it("makes room around a constant", () => {
    const scale = logarithmicScale({ min: 0.5, max: 0.5 }, { count: 6, nice: true });
    assertEquals(written(scale), ["0.1", "0.2", "0.5", "1", "2"]);
  });

  it("has few ticks and all values on it, whatever they are", () => {
    const kinds = fc.oneof(
      fc.tuple(
        fc.double({ min: -300, max: 300, noNaN: true }),
        fc.double({ min: 0, max: 5, noNaN: true }),
      )
        .map(([from, decades]) => ({ min: 10 ** from, max: 10 ** Math.min(300, from + decades) })),
      extents(1e-300, 1e300),
      extents(1, 2),
    ).filter(({ min, max }) => min <= max);
    fc.assert(
      fc.property(kinds, fc.integer({ min: 1, max: 12 }), fc.boolean(), (extent, count, nice) => {
        const scale = logarithmicScale(extent, { count, nice });
        checkPositions(scale, extent, rounding(Math.log10(extent.min), Math.log10(extent.max)));
        assert(scale.ticks.length <= 2 * count + 3, `${scale.ticks.length} ticks`);
        assertEquals(new Set(written(scale)).size, scale.ticks.length);
      }),
    );
  });
});
