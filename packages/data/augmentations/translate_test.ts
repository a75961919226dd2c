import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { counting, scripted } from "./_scripted_image_test.ts";
import { translate } from "./translate.ts";

/** The source of a place by the definition: walking on, turning round at the outermost pixels. */
function walk(place: number, length: number): number {
  let at = 0;
  let step = 1;
  for (let i = 0; i < Math.abs(place); i++) {
    if (at + step >= length || at + step < 0) step = -step;
    at += step;
  }
  return at;
}

describe("translate()", () => {
  it("moves an image and reflects what comes in", () => {
    const to = new Float32Array(12);
    const image = scripted([3, 4, 1], { draws: [3, 0] }); // 1 down, 2 to the left
    translate({ pixels: 2 })(counting(12), to, image);
    assertEquals(image.bounds, [5, 5]);
    assertEquals([...to], [7, 6, 5, 6, 11, 10, 9, 10, 7, 6, 5, 6]);
  });

  it("moves an image and lets zeros in", () => {
    const to = new Float32Array(12).fill(NaN);
    const image = scripted([3, 4, 1], { draws: [3, 0] });
    translate({ pixels: 2, padding: "zero" })(counting(12), to, image);
    assertEquals([...to], [0, 0, 5, 6, 0, 0, 9, 10, 0, 0, 0, 0]);
  });

  it("takes each pixel from where the definition says", () => {
    const side = fc.integer({ min: 2, max: 7 });
    const channels = fc.integer({ min: 1, max: 3 });
    const draw = fc.integer({ min: 0, max: 100 });
    const padding = fc.constantFrom("reflect", "zero");
    fc.assert(
      fc.property(side, side, channels, draw, draw, draw, padding, (h, w, c, p, a, b, padding) => {
        const pixels = 1 + p % (padding === "reflect" ? Math.min(h, w) - 1 : 12);
        const [down, right] = [a, b].map((draw) => draw % (2 * pixels + 1));
        const from = counting(h * w * c);
        const to = new Float32Array(h * w * c).fill(NaN);
        translate({ pixels, padding })(from, to, scripted([h, w, c], { draws: [down, right] }));
        const expected = from.map((_, at) => {
          const i = Math.floor(at / (w * c)) + down - pixels;
          const j = Math.floor(at / c) % w + right - pixels;
          const isInside = i >= 0 && i < h && j >= 0 && j < w;
          if (padding === "zero" && !isInside) return 0;
          return from[(walk(i, h) * w + walk(j, w)) * c + at % c];
        });
        assertEquals(to, expected);
      }),
    );
  });

  it("refuses distances and paddings that are none, and reflection beyond the image", () => {
    for (const pixels of [0, -1, 1.5, NaN, Infinity]) {
      assertThrows(
        () => translate({ pixels }),
        RangeError,
        `Cannot translate images as the pixels must be a whole number above 0: found ${pixels}`,
      );
    }
    assertThrows(
      () => translate({ pixels: 1, padding: "wrap" as "zero" }),
      RangeError,
      "Cannot translate images as the padding must be one of reflect, zero: found wrap",
    );
    const move = translate({ pixels: 3 });
    assertThrows(
      () => move(counting(12), new Float32Array(12), scripted([3, 4, 1], { draws: [0, 0] })),
      RangeError,
      "Cannot translate images with reflection as both axes must be longer than 3 pixels: " +
        "found 3 and 4",
    );
  });
});
