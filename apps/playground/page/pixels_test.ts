import { assertEquals } from "@std/assert";
import { shrink } from "./pixels.ts";

/** A drawing of two squares of 2 × 2 pixels, side by side. */
const drawing = new Uint8ClampedArray([
  ...[255, 0, 0, 255, 255, 0, 0, 255, 0, 51, 102, 255, 0, 51, 102, 255],
  ...[255, 0, 0, 255, 0, 0, 0, 255, 0, 51, 102, 255, 0, 51, 102, 255],
]);

Deno.test("shrink() takes the mean of each square, channel by channel", () => {
  const image = shrink(drawing, [1, 2, 3], 2);
  assertEquals(image, Float32Array.of(0.75, 0, 0, 0, 0.2, 0.4));
});

Deno.test("shrink() makes one channel of a grey drawing", () => {
  const grey = drawing.map((_, i) => i % 4 === 3 ? 255 : i < 8 || i >= 16 && i < 24 ? 51 : 255);
  assertEquals(shrink(grey, [1, 2, 1], 2), Float32Array.of(0.2, 1));
});
