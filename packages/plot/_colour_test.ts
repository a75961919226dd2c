import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { contrast, mixColours, readableOn, readColour, toOklab, writeColour } from "./_colour.ts";

const hex = fc.integer({ min: 0, max: 0xFFFFFF }).map((value) =>
  `#${value.toString(16).padStart(6, "0")}`
);

describe("readColour()", () => {
  it("is undone by writeColour()", () => {
    fc.assert(fc.property(hex, (colour) => {
      assertEquals(writeColour(readColour("low", colour)), colour);
    }));
  });

  it("refuses other notations", () => {
    for (const text of ["red", "#fff", "#12345g", "#1234567", ""]) {
      assertThrows(
        () => readColour("low", text),
        RangeError,
        `Cannot draw the colour low as it must read #rrggbb: found ${text}`,
      );
    }
  });
});

describe("mixColours()", () => {
  it("begins and ends with the given colours", () => {
    fc.assert(fc.property(hex, hex, (low, high) => {
      const [from, to] = [readColour("low", low), readColour("high", high)];
      assertEquals(writeColour(mixColours(from, to, 0)), low);
      assertEquals(writeColour(mixColours(from, to, 1)), high);
    }));
  });

  it("goes through the gray that looks half as bright", () => {
    // colorjs.io: new Color("black").mix("white", 0.5, { space: "oklab" }).to("srgb")
    const gray = mixColours([0, 0, 0], [1, 1, 1], 0.5);
    assertAlmostEquals(gray[0], 0.125, 1e-6);
    assertEquals(writeColour(gray), "#636363");
  });
});

describe("toOklab()", () => {
  it("gives the coordinates in Ottosson's table", () => {
    // https://bottosson.github.io/posts/oklab, "Table of example XYZ and Oklab pairs"; red by CSS.
    const red = toOklab([1, 0, 0]);
    [0.62796, 0.22486, 0.12585].forEach((value, index) =>
      assertAlmostEquals(red[index], value, 1e-5)
    );
  });
});

describe("contrast()", () => {
  it("is that of WCAG", () => {
    assertAlmostEquals(contrast([0, 0, 0], [1, 1, 1]), 21, 1e-12);
    assertAlmostEquals(contrast(readColour("", "#767676"), [1, 1, 1]), 4.54, 0.005);
  });
});

describe("readableOn()", () => {
  it("has a contrast of 4.5 on any colour", () => {
    fc.assert(fc.property(hex, (colour) => {
      const background = readColour("low", colour);
      assert(contrast(readColour("ink", readableOn(background)), background) >= 4.5);
    }));
  });
});
