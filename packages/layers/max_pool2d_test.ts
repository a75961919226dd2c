import { random } from "@gradus/random";
import { ShapeError, tensor } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { assertThrowsExactly } from "./_assert_throws_exactly_test.ts";
import type { Mode } from "./layer.ts";
import { MaxPool2d, type MaxPool2dOptions } from "./max_pool2d.ts";
import type { Size2d } from "./size2d.ts";

const context = () => ({ backend: reference(), random: random(0) });

/** An image of one channel, given in rows, and gradients of 1, 10, 100 … for the outputs. */
async function pool(
  rows: readonly (readonly number[])[],
  window: Size2d,
  options?: MaxPool2dOptions,
) {
  const { backend, random } = context();
  const layer = new MaxPool2d(window, options);
  const size = [rows.length, rows[0]!.length, 1];
  const outputShape = layer.init(size, { backend, random });
  const y = layer.forward(tensor(backend, rows.flat(), { shape: [1, ...size] }));
  const dy = Float32Array.from({ length: y.size }, (_, i) => 10 ** i);
  const dx = layer.backward(tensor(backend, dy, { shape: y.shape }))!;
  return { outputShape, y: [...await y.data()], dx: [...await dx.data()] };
}

describe("MaxPool2d", () => {
  it("takes the largest number of each window, and sends its gradient back there", async () => {
    const rows = [[1, 5, 2, 0], [3, 4, 9, 8]];
    const { outputShape, y, dx } = await pool(rows, 2);
    assertEquals(outputShape, [1, 2, 1]);
    assertEquals(y, [5, 9]);
    assertEquals(dx, [0, 1, 0, 0, 0, 0, 10, 0]);
  });

  it("takes the first of a tie", async () => {
    const { y, dx } = await pool([[7, 7], [7, 7]], 2);
    assertEquals(y, [7]);
    assertEquals(dx, [1, 0, 0, 0]);
  });

  it("takes the largest of negative numbers, also at padded edges", async () => {
    const rows = [[-1, -2], [-3, -4]];
    assertEquals((await pool(rows, 2)).y, [-1]);
    assertEquals((await pool(rows, 2, { padding: 1 })).y, [-1, -2, -3, -4]);
    assertEquals((await pool(rows, 3, { stride: 1, padding: "same" })).y, [-1, -1, -1, -1]);
  });

  it("adds gradients where windows overlap", async () => {
    const { y, dx } = await pool([[1, 9, 2]], [1, 2], { stride: 1 });
    assertEquals(y, [9, 9]);
    assertEquals(dx, [0, 11, 0]);
  });

  it("leaves out windows that do not fit, unless padding is same", async () => {
    const rows = [[1, 2, 3, 4, 5]];
    const valid = await pool(rows, [1, 2]);
    assertEquals([valid.y, valid.dx], [[2, 4], [0, 1, 0, 10, 0]]);
    const same = await pool(rows, [1, 2], { padding: "same" });
    assertEquals([same.y, same.dx], [[2, 4, 5], [0, 1, 0, 10, 100]]);
  });

  it("pools channel by channel, image by image", async () => {
    const { backend, random } = context();
    const layer = new MaxPool2d(2);
    layer.init([2, 2, 2], { backend, random });
    const images = [[1, 8, 2, 7, 3, 6, 4, 5], [5, 4, 6, 3, 7, 2, 8, 1]];
    const x = tensor(backend, images.flat(), { shape: [2, 2, 2, 2] });
    assertEquals([...await layer.forward(x).data()], [4, 8, 8, 4]);
  });

  it("hands NaN on", async () => {
    const { y, dx } = await pool([[1, NaN, 3]], [1, 3]);
    assertEquals(y, [NaN]);
    assertEquals(dx, [0, 1, 0]);
  });

  it("has memory for places in train mode alone", () => {
    const { backend, random } = context();
    const layer = new MaxPool2d(2);
    layer.init([2, 2, 1], { backend, random });
    const x = tensor(backend, [1, 2, 3, 4], { shape: [1, 2, 2, 1] });
    const allocations = (mode: Mode) => {
      const before = backend.memory.allocations;
      layer.forward(x, mode);
      return backend.memory.allocations - before;
    };
    assertEquals([allocations("eval"), allocations("train")], [1, 1]);
  });

  it("refuses a window that does not fit, naming both sizes", () => {
    assertThrowsExactly(
      () => new MaxPool2d([2, 3]).init([4, 2, 1], context()),
      ShapeError,
      "Cannot initialise max pool as the window must fit into the padded input: found [2, 3] and [4, 2]",
    );
  });

  it("refuses a padding that a window may lie in entirely", () => {
    for (const [window, padding, found] of [[2, 2, "2"], [[3, 1], 1, "[3,1]"]] as const) {
      assertThrowsExactly(
        () => new MaxPool2d(window, { padding }),
        RangeError,
        `Cannot make max pool as padding must be less than the window: found ${padding} and ${found}`,
      );
    }
  });

  it("refuses settings that are none, and inputs that are no images", () => {
    assertThrowsExactly(
      () => new MaxPool2d(0),
      RangeError,
      "Cannot make max pool as window must be a whole number of at least 1, or two: found 0",
    );
    assertThrowsExactly(
      () => new MaxPool2d(2, { stride: [1, -1] }),
      RangeError,
      "Cannot make max pool as stride must be a whole number of at least 1, or two: found [1,-1]",
    );
    assertThrowsExactly(
      () => new MaxPool2d(2, { padding: -1 }),
      RangeError,
      "Cannot make max pool as padding must be valid, same or a whole number of at least 0: found -1",
    );
    assertThrowsExactly(
      () => new MaxPool2d(2).init([4, 4], context()),
      ShapeError,
      "Cannot initialise max pool as inputs must be images [height, width, channels]: found [4, 4]",
    );
  });

  it("writes sizes as pairs, the stride being the window unless given", () => {
    assertEquals(new MaxPool2d([2, 3]).toJSON(), {
      type: "maxPool2d",
      window: [2, 3],
      stride: [2, 3],
      padding: "valid",
    });
  });
});
