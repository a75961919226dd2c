import { random } from "@gradus/random";
import { ShapeError } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { assertClose } from "./_assert_close_test.ts";
import { assertThrowsExactly } from "./_assert_throws_exactly_test.ts";
import { runLayer } from "./_run_layer_test.ts";
import { Softmax } from "./softmax.ts";

describe("Softmax", () => {
  it("makes probabilities of each row, and multiplies by the full Jacobian", async () => {
    const logits = [[0, Math.log(3)], [Math.log(4), 0]];
    const { y, dx } = await runLayer(new Softmax(), logits, [[1, 0], [5, 10]]);
    assertClose(y, [0.25, 0.75, 0.8, 0.2], 1e-15);
    // Row by row y · (dy − Σ dy · y), with Σ dy · y = 1/4 and 6.
    assertClose(dx, [0.25 * 0.75, 0.75 * -0.25, 0.8 * -1, 0.2 * 4], 1e-15);
  });

  it("neither overflows nor divides by zero at logits far apart", async () => {
    const { y, dx } = await runLayer(new Softmax(), [[1e4, -1e4, 1e4]]);
    assertEquals([...y], [0.5, 0, 0.5]);
    assertEquals([...dx], [0, 0, 0]);
  });

  it("gives 0 to -Infinity, and NaN to a row with NaN or Infinity alone", async () => {
    const { y } = await runLayer(new Softmax(), [[-Infinity, 0], [NaN, 0], [Infinity, 0], [0, 0]]);
    assertEquals([...y.subarray(0, 2)], [0, 1]);
    assertEquals([...y.subarray(2, 4)], [NaN, NaN]);
    assertEquals(y[4], NaN);
    assertEquals([...y.subarray(6)], [0.5, 0.5]);
  });

  it("is over the last axis", async () => {
    const { y } = await runLayer(new Softmax(), [[[0], [7]]]);
    assertEquals([...y], [1, 1]);
  });

  it("refuses inputs without an axis", () => {
    assertThrowsExactly(
      () => new Softmax().init([], { backend: reference(), random: random(0) }),
      ShapeError,
      "Cannot initialise softmax as inputs must have an axis of classes: found []",
    );
  });
});
