import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { counting, scripted } from "./_scripted_image_test.ts";
import { cutout } from "./cutout.ts";

describe("cutout()", () => {
  it("sets a square to 0 and leaves the rest", () => {
    const to = new Float32Array(16);
    const image = scripted([4, 4, 1], { draws: [2, 1] });
    cutout({ size: 2 })(counting(16), to, image);
    assertEquals(image.bounds, [4, 4]);
    assertEquals([...to], [1, 2, 3, 4, 0, 0, 7, 8, 0, 0, 11, 12, 13, 14, 15, 16]);
  });

  it("cuts off what lies outside", () => {
    const to = new Float32Array(18);
    cutout({ size: 3 })(counting(18), to, scripted([3, 3, 2], { draws: [0, 2] }));
    assertEquals([...to], [1, 2, 0, 0, 0, 0, 7, 8, 0, 0, 0, 0, 13, 14, 15, 16, 17, 18]);
    cutout({ size: 1 })(counting(18), to, scripted([3, 3, 2], { draws: [2, 2] }));
    assertEquals([...to.subarray(14)], [15, 16, 0, 0]);
    cutout({ size: 100 })(counting(18), to, scripted([3, 3, 2], { draws: [2, 2] }));
    assertEquals(to, new Float32Array(18));
  });

  it("refuses sizes that are none", () => {
    for (const size of [0, -1, 1.5, NaN, Infinity]) {
      assertThrows(
        () => cutout({ size }),
        RangeError,
        `Cannot cut a square out of images as its size must be a whole number above 0: found ${size}`,
      );
    }
  });
});
