import { random } from "@gradus/random";
import { ShapeError } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { assertThrowsExactly } from "./_assert_throws_exactly_test.ts";
import { runLayer } from "./_run_layer_test.ts";
import { GlobalAveragePool2d } from "./global_average_pool2d.ts";

describe("GlobalAveragePool2d", () => {
  it("takes the mean of each channel of each image, and spreads its gradient evenly", async () => {
    const images = [
      [[[1, -1], [2, -2]], [[3, -3], [6, -6]]],
      [[[0, 4], [0, 4]], [[0, 4], [8, 4]]],
    ];
    const { y, dx } = await runLayer(new GlobalAveragePool2d(), images, [[4, 8], [12, 16]]);
    assertEquals([...y], [3, -3, 2, 4]);
    assertEquals([...dx], [1, 2, 1, 2, 1, 2, 1, 2, 3, 4, 3, 4, 3, 4, 3, 4]);
  });

  it("refuses inputs that are no images", () => {
    assertThrowsExactly(
      () => new GlobalAveragePool2d().init([4, 4], { backend: reference(), random: random(0) }),
      ShapeError,
      "Cannot initialise global average pool as inputs must be images [height, width, channels]: found [4, 4]",
    );
  });
});
