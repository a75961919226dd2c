import { random } from "@gradus/random";
import { ShapeError, tensor } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { assertThrowsExactly } from "./_assert_throws_exactly_test.ts";
import { AveragePool2d, type AveragePool2dOptions } from "./average_pool2d.ts";
import type { Size2d } from "./size2d.ts";

const context = () => ({ backend: reference(), random: random(0) });

/** An image of one channel, given in rows, and gradients of 12, 120 … for the outputs. */
async function pool(
  rows: readonly (readonly number[])[],
  window: Size2d,
  options?: AveragePool2dOptions,
) {
  const { backend, random } = context();
  const layer = new AveragePool2d(window, options);
  const size = [rows.length, rows[0]!.length, 1];
  layer.init(size, { backend, random });
  const y = layer.forward(tensor(backend, rows.flat(), { shape: [1, ...size] }));
  const dy = Float32Array.from({ length: y.size }, (_, i) => 12 * 10 ** i);
  const dx = layer.backward(tensor(backend, dy, { shape: y.shape }))!;
  return { y: [...await y.data()], dx: [...await dx.data()] };
}

describe("AveragePool2d", () => {
  it("takes the mean of each window, and spreads its gradient evenly", async () => {
    const { y, dx } = await pool([[1, 5, 2, 0], [3, 7, -9, 3]], 2);
    assertEquals(y, [4, -1]);
    assertEquals(dx, [3, 3, 30, 30, 3, 3, 30, 30]);
  });

  it("counts the numbers inside the image alone", async () => {
    const padded = await pool([[2, 4]], [1, 2], { stride: 1, padding: "same" });
    assertEquals(padded.y, [3, 4]);
    assertEquals(padded.dx, [6, 6 + 120]);
    const around = await pool([[2, 4], [6, 8]], 2, { padding: 1 });
    assertEquals(around.y, [2, 4, 6, 8]);
  });

  it("adds gradients where windows overlap, and leaves out what none reaches", async () => {
    const { y, dx } = await pool([[1, 3, 5, 9]], [1, 2], { stride: 1 });
    assertEquals(y, [2, 4, 7]);
    assertEquals(dx, [6, 66, 660, 600]);
    const apart = await pool([[1, 3, 5, 9]], [1, 1], { stride: [1, 3] });
    assertEquals([apart.y, apart.dx], [[1, 9], [12, 0, 0, 120]]);
  });

  it("refuses a window that does not fit, naming both sizes", () => {
    assertThrowsExactly(
      () => new AveragePool2d(4, { padding: 1 }).init([4, 1, 1], context()),
      ShapeError,
      "Cannot initialise average pool as the window must fit into the padded input: found [4, 4] and [6, 3]",
    );
  });

  it("refuses settings that are none, and inputs that are no images", () => {
    assertThrowsExactly(
      () => new AveragePool2d([1, 0]),
      RangeError,
      "Cannot make average pool as window must be a whole number of at least 1, or two: found [1,0]",
    );
    assertThrowsExactly(
      () => new AveragePool2d(2, { padding: 2 }),
      RangeError,
      "Cannot make average pool as padding must be less than the window: found 2 and 2",
    );
    assertThrowsExactly(
      () => new AveragePool2d(2).init([4], context()),
      ShapeError,
      "Cannot initialise average pool as inputs must be images [height, width, channels]: found [4]",
    );
  });
});
