import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { contrast, type Light, readColour, toOklab } from "./_colour.ts";
import { darkStyleSheet, PAGE_COLOURS, paintFor, SERIES_COLOURS } from "./_paint.ts";

/**
 * What is left of red, green and blue light for eyes without one kind of cone.
 *
 * Source: G. Machado, M. Oliveira, L. Fernandes, "A Physiologically-based Model for Simulation of
 * Color Vision Deficiency", IEEE TVCG 15(6), 2009, table 1, severity 1.
 */
const EYES = {
  trichromat: [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
  protanope: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranope: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanope: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.303900],
  ],
};

/** Where eyes see a colour, in Oklab; 0.02 is the smallest difference that can be seen. */
function seen(light: Light, eyes: readonly (readonly number[])[]): number[] {
  const received = eyes.map((row) =>
    row.reduce((sum, part, index) => sum + part * light[index], 0)
  );
  return toOklab(received.map((value) => Math.min(1, Math.max(0, value))) as unknown as Light);
}

for (const theme of ["light", "dark"] as const) {
  const surface = readColour("surface", PAGE_COLOURS[theme].surface);
  const series = SERIES_COLOURS[theme].map((colour) => readColour("series", colour));

  describe(`the ${theme} colours`, () => {
    it("stand out from the background: text by 4.5 to 1, lines by 3 to 1", () => {
      for (const role of ["ink", "muted"] as const) {
        assert(contrast(readColour(role, PAGE_COLOURS[theme][role]), surface) >= 4.5, role);
      }
      const axis = readColour("axis", PAGE_COLOURS[theme].axis);
      for (const line of [...series, axis]) assert(contrast(line, surface) >= 3);
    });

    for (const [name, eyes] of Object.entries(EYES)) {
      it(`are all different to a ${name}`, () => {
        for (const [first, one] of series.entries()) {
          for (const [second, other] of series.slice(0, first).entries()) {
            const [a, b] = [seen(one, eyes), seen(other, eyes)];
            const distance = Math.hypot(...a.map((value, index) => value - b[index]));
            assert(distance > 0.075, `${second} and ${first}: ${distance}`);
          }
        }
      });
    }
  });
}

describe("paintFor()", () => {
  it("writes the colour alone in a fixed theme", () => {
    assertEquals(paintFor("dark")({ fill: "ink" }), {
      class: undefined,
      fill: "#eceff3",
      stroke: undefined,
    });
  });

  it("writes the light colour and a class in theme auto", () => {
    assertEquals(paintFor("auto")({ fill: "series0", stroke: "surface" }), {
      class: "gradus-fill-series0 gradus-stroke-surface",
      fill: "#2060a8",
      stroke: "#ffffff",
    });
  });
});

describe("darkStyleSheet()", () => {
  it("has a rule for each class that paintFor() may give", () => {
    const rules = darkStyleSheet();
    const roles = [
      ...Object.entries(PAGE_COLOURS.dark),
      ...SERIES_COLOURS.dark.map((colour, index) => [`series${index}`, colour]),
    ];
    for (const [role, colour] of roles) {
      assert(rules.includes(`.gradus-fill-${role}{fill:${colour}}`));
      assert(rules.includes(`.gradus-stroke-${role}{stroke:${colour}}`));
    }
  });

  it("touches nothing but its own classes, and only on dark pages", () => {
    const rules = darkStyleSheet();
    const inside = rules.match(/^@media \(prefers-color-scheme:dark\)\{((?:[^{}]+\{[^{}]+\})+)\}$/);
    for (const [, selector] of inside![1].matchAll(/([^{}]+)\{[^{}]+\}/g)) {
      assert(selector.startsWith(".gradus-"), selector);
    }
  });
});
