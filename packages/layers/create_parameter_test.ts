import { random } from "@gradus/random";
import { ShapeError } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { assertThrowsExactly } from "./_assert_throws_exactly_test.ts";
import { createParameter } from "./create_parameter.ts";
import { normalInit } from "./initializers/distribution.ts";

describe("createParameter()", () => {
  it("makes a trainable parameter of initial values and a gradient of zeros", async () => {
    const backend = reference({ dtype: "float64" });
    const init = normalInit();
    const parameter = createParameter("weight", [2, 3], { backend, random: random(5), init });
    assertEquals([parameter.name, parameter.trainable], ["weight", true]);
    assertEquals([parameter.value.shape, parameter.gradient.shape], [[2, 3], [2, 3]]);
    assertEquals(await parameter.value.data(), init([2, 3], random(5)));
    assertEquals(await parameter.gradient.data(), new Float64Array(6));
  });

  it("refuses values that do not fill the shape", () => {
    assertThrowsExactly(
      () =>
        createParameter("bias", [3], {
          backend: reference(),
          random: random(0),
          init: () => new Float64Array(2),
        }),
      ShapeError,
      "Cannot fill [3] as there must be 3 numbers: found 2",
    );
  });
});
