import { tensor } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { MeanAbsoluteError } from "./mean_absolute_error.ts";

describe("MeanAbsoluteError", () => {
  it("has the slope 0 at its kink", async () => {
    const backend = reference();
    const loss = new MeanAbsoluteError();
    loss.forward(tensor(backend, [[1, 2, 3, 4]]), tensor(backend, [[1, 0, 9, 4]]));
    assertEquals([...await loss.backward().data()], [0, 0.25, -0.25, 0]);
  });
});

describe("MeanAbsoluteError.checkTarget()", () => {
  it("refuses what is not finite, naming its row", () => {
    assertThrows(
      () =>
        new MeanAbsoluteError().checkTarget({ data: new Float32Array([0, NaN]), shape: [2, 1] }, [
          1,
        ]),
      RangeError,
      "Cannot take the loss as each target must be finite: found NaN at row 1",
    );
  });
});
