import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { counting, scripted } from "./_scripted_image_test.ts";
import { flip } from "./flip.ts";

describe("flip()", () => {
  it("mirrors an image from left to right, or leaves it", () => {
    const to = new Float32Array(12);
    const mirrored = scripted([2, 3, 2], { draws: [1] });
    flip()(counting(12), to, mirrored);
    assertEquals(mirrored.bounds, [2]);
    assertEquals([...to], [5, 6, 3, 4, 1, 2, 11, 12, 9, 10, 7, 8]);
    flip()(counting(12), to, scripted([2, 3, 2], { draws: [0] }));
    assertEquals(to, counting(12));
  });

  it("mirrors even widths and one channel", () => {
    const to = new Float32Array(4);
    flip()(counting(4), to, scripted([1, 4, 1], { draws: [1] }));
    assertEquals([...to], [4, 3, 2, 1]);
    flip()(counting(4), to, scripted([4, 1, 1], { draws: [1] }));
    assertEquals([...to], [1, 2, 3, 4]);
  });
});
