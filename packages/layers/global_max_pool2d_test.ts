import { random } from "@gradus/random";
import { ShapeError } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { assertThrowsExactly } from "./_assert_throws_exactly_test.ts";
import { runLayer } from "./_run_layer_test.ts";
import { GlobalMaxPool2d } from "./global_max_pool2d.ts";

describe("GlobalMaxPool2d", () => {
  it("takes the largest number of each channel of each image, the first of a tie", async () => {
    const images = [
      [[[1, -1], [9, -2]], [[3, -3], [9, -6]]],
      [[[0, 4], [0, 4]], [[0, 4], [8, 4]]],
    ];
    const { y, dx } = await runLayer(new GlobalMaxPool2d(), images, [[1, 2], [3, 4]]);
    assertEquals([...y], [9, -1, 8, 4]);
    assertEquals([...dx], [0, 2, 1, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 3, 0]);
  });

  it("refuses inputs that are no images", () => {
    assertThrowsExactly(
      () => new GlobalMaxPool2d().init([4], { backend: reference(), random: random(0) }),
      ShapeError,
      "Cannot initialise global max pool as inputs must be images [height, width, channels]: found [4]",
    );
  });
});
