import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { shiftImages } from "./_shift_images.ts";

describe("shiftImages()", () => {
  // Two images of 2 × 3 pixels of 2 channels; the second channel is 100 more.
  const pixels = [[1, 2, 3], [4, 5, 6], [11, 12, 13], [14, 15, 16]];
  const images = {
    data: new Float32Array(pixels.flat().flatMap((value) => [value, 100 + value])),
    shape: [2, 2, 3, 2],
  };
  const firstChannel = (moved: Float32Array) => [...moved.filter((_, i) => i % 2 === 0)];

  it("moves right and down, or left and up, and reflects what comes in", () => {
    const right = shiftImages(images, 1);
    assertEquals(firstChannel(right), [[5, 4, 5], [2, 1, 2], [15, 14, 15], [12, 11, 12]].flat());
    assertEquals(
      right.filter((_, i) => i % 2 === 1),
      right.filter((_, i) => i % 2 === 0).map((x) => x + 100),
    );
    assertEquals(
      firstChannel(shiftImages(images, -1)),
      [[5, 6, 5], [2, 3, 2], [15, 16, 15], [12, 13, 12]].flat(),
    );
    assertEquals(shiftImages(images, 0), images.data);
  });

  it("refuses shifts that would leave the image, and what is no image", () => {
    for (const by of [2, -2, 0.5, NaN]) {
      assertThrows(
        () => shiftImages(images, by),
        RangeError,
        `Cannot shift images as the shift must be a whole number below their sides: found ${by} for [2, 2, 3, 2]`,
      );
    }
    assertThrows(() => shiftImages({ data: [1, 2], shape: [1, 2] }, 0), RangeError, "for [1, 2]");
  });
});
