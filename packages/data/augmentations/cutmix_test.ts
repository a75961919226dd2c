import { random } from "@gradus/random";
import { assert, assertAlmostEquals, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { cutmix } from "./cutmix.ts";

const [ROWS, HEIGHT, WIDTH] = [3, 8, 6];

/** Three images of which each pixel tells row and place, each of another class. */
function batch() {
  const length = ROWS * HEIGHT * WIDTH;
  return {
    x: { data: Float32Array.from({ length }, (_, i) => i), shape: [ROWS, HEIGHT, WIDTH, 1] },
    y: { data: new Float32Array([1, 0, 0, 0, 1, 0, 0, 0, 1]), shape: [ROWS, 3] },
  };
}

describe("cutmix()", () => {
  it("swaps one box of each pair and mixes the targets by its area", () => {
    const pixels = HEIGHT * WIDTH;
    const areas = new Set<number>();
    for (let seed = 0; seed < 200; seed++) {
      const { x, y } = batch();
      cutmix({ alpha: 1, classes: 3 }).mix({ x, y }, random(seed));
      const swapped = Array.from({ length: pixels }, (_, at) => at)
        .filter((at) => x.data[at] !== at);
      const rows = swapped.map((at) => Math.floor(at / WIDTH));
      const columns = swapped.map((at) => at % WIDTH);
      const span = (places: number[]) => Math.max(...places) - Math.min(...places) + 1;
      // It is a box: it fills the smallest box around it.
      if (swapped.length > 0) assertEquals(span(rows) * span(columns), swapped.length);
      for (let at = 0; at < pixels; at++) {
        const isSwapped = swapped.includes(at);
        assertEquals(x.data[at], isSwapped ? 2 * pixels + at : at);
        assertEquals(x.data[2 * pixels + at], isSwapped ? at : 2 * pixels + at);
        assertEquals(x.data[pixels + at], pixels + at);
      }
      const share = 1 - swapped.length / pixels;
      const expected = [share, 0, 1 - share, 0, 1, 0, 1 - share, 0, share];
      expected.forEach((target, i) => assertAlmostEquals(y.data[i], target, 1e-6));
      areas.add(swapped.length);
    }
    assert(areas.size > 10);
  });

  it("is a function of the stream", () => {
    const mixed = [7, 7].map((seed) => {
      const { x, y } = batch();
      cutmix({ alpha: 1, classes: 3 }).mix({ x, y }, random(seed));
      return [...x.data, ...y.data];
    });
    assertEquals(mixed[0], mixed[1]);
  });

  it("refuses an alpha and classes that are none", () => {
    assertThrows(
      () => cutmix({ alpha: -1, classes: 10 }),
      RangeError,
      "Cannot cut and mix images as alpha must be finite and above 0: found -1",
    );
    assertThrows(
      () => cutmix({ alpha: 1, classes: 0 }),
      RangeError,
      "Cannot cut and mix images as the classes must be a whole number above 0: found 0",
    );
  });
});
