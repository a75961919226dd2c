import { assertThrowsExactly } from "@gradus/testing";
import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import * as fc from "fast-check";
import golden from "../golden/operations.json" with { type: "json" };
import { reference } from "../reference.ts";
import { ShapeError } from "../shape_error.ts";
import { tensor, zeros } from "../tensor.ts";
import { type Range, slice } from "./slice.ts";

const backend = reference();
/** 0, 1, 2 … */
const count = (length: number) => tensor(backend, Array.from({ length }, (_, i) => i));
const rangeOf = (start: number | null, end: number | null, step: number | null): Range => ({
  ...(start !== null && { start }),
  ...(end !== null && { end }),
  ...(step !== null && { step }),
});

/** The places of `start:end:step`: Python's slice.indices, from the language reference, one by one. */
function placesOf({ start, end, step = 1 }: Range, length: number): number[] {
  const fromEnd = (value: number) => value < 0 ? value + length : value;
  const [low, high] = step > 0 ? [0, length] : [-1, length - 1];
  const within = (value: number) => Math.min(Math.max(fromEnd(value), low), high);
  const first = start === undefined ? (step > 0 ? low : high) : within(start);
  const last = end === undefined ? (step > 0 ? high : low) : within(end);
  const places = [];
  for (let place = first; step > 0 ? place < last : place > last; place += step) places.push(place);
  return places;
}

describe("slice()", () => {
  it("takes what Python takes, and refuses what is empty there", async () => {
    const { lengths, bounds, steps, places } = golden.slices;
    const texts = places.split(" ");
    let row = 0;
    for (const length of lengths) {
      for (const start of bounds) {
        for (const end of bounds) {
          for (const step of steps) {
            const text = texts[row++]!;
            const range = rangeOf(start, end, step);
            assertEquals(placesOf(range, length).join("") || "-", text);
            if (text === "-") {
              assertThrowsExactly(
                () => slice(count(length), [range]),
                ShapeError,
                `Cannot slice axis 0 of length ${length} as the range must not be empty: found start ${
                  start ?? "none"
                }, end ${end ?? "none"}, step ${step ?? 1}`,
              );
            } else {
              const y = slice(count(length), [range]);
              assertEquals(Array.from(await y.data()).join(""), text);
            }
          }
        }
      }
    }
    assertEquals(row, texts.length);
  });

  it("takes the same of every axis as Python's slice.indices", async () => {
    const bound = fc.option(fc.integer({ min: -9, max: 9 }), { nil: undefined });
    const range = fc.record({
      start: bound,
      end: bound,
      step: fc.constantFrom(undefined, 1, 2, 3, -1, -2, -3, 100, -100),
    }) as fc.Arbitrary<Range>;
    const axis = fc.tuple(fc.integer({ min: 1, max: 6 }), range);
    await fc.assert(
      fc.asyncProperty(fc.array(axis, { maxLength: 4 }), async (axes) => {
        const shape = axes.map(([length]) => length);
        const size = shape.reduce((product, length) => product * length, 1);
        const x = count(size).reshape(shape);
        const places = axes.map(([length, range]) => placesOf(range, length));
        const ranges = axes.map(([, range]) => range);
        if (places.some((own) => own.length === 0)) {
          assertThrows(() => slice(x, ranges), ShapeError, "as the range must not be empty");
          return;
        }
        const y = slice(x, ranges);
        assertEquals(y.shape, places.map((own) => own.length));
        const flat = places.reduce(
          (outer, own, axis) => outer.flatMap((o) => own.map((place) => o * shape[axis]! + place)),
          [0],
        );
        assertEquals(Array.from(await y.data()), flat);
      }),
    );
  });

  it("takes axes without a range whole, and integers", async () => {
    const x = tensor(backend, new Int32Array([1, 2, 3, 4]), { shape: [2, 2] });
    assertEquals(await slice(x, [{ start: 1 }]).data(), new Int32Array([3, 4]));
    assertEquals(await slice(x, []).data(), new Int32Array([1, 2, 3, 4]));
  });

  it("writes into out, which must not be x", async () => {
    const x = count(3);
    const out = zeros(backend, [2]);
    assertStrictEquals(slice(x, [{ start: 1 }], { out }), out);
    assertEquals(await out.data(), new Float32Array([1, 2]));
    assertThrowsExactly(
      () => slice(x, [{ start: 1 }], { out: x.prefix(2) }),
      Error,
      "Cannot slice into out as it must not share memory with an input",
    );
    assertThrowsExactly(
      () => slice(x, [], { out }),
      ShapeError,
      "Cannot slice into out as it must be float32 [3]: found float32 [2]",
    );
  });

  it("refuses more ranges than axes, bounds that are no whole numbers, and a step of 0", () => {
    const x = count(3);
    assertThrowsExactly(
      () => slice(x, [{}, {}]),
      ShapeError,
      "Cannot slice [3] as there must be at most one range an axis: found 2",
    );
    assertThrowsExactly(
      () => slice(x, [{ start: 0.5 }]),
      RangeError,
      "Cannot slice axis 0 as start must be a whole number: found 0.5",
    );
    assertThrowsExactly(
      () => slice(x, [{ end: NaN }]),
      RangeError,
      "Cannot slice axis 0 as end must be a whole number: found NaN",
    );
    for (const step of [0, 1.5, Infinity]) {
      assertThrowsExactly(
        () => slice(x, [{ step }]),
        RangeError,
        `Cannot slice axis 0 as step must be a whole number other than 0: found ${step}`,
      );
    }
  });
});
