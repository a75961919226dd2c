import { ShapeError, tensor, zeros } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { MeanSquaredError } from "./mean_squared_error.ts";

const backend = reference();

describe("MeanSquaredError", () => {
  it("is a mean over all numbers of any shape", async () => {
    const loss = new MeanSquaredError();
    const prediction = tensor(backend, [[[1], [2]], [[3], [4]]]);
    assertEquals(await loss.forward(prediction, zeros(backend, [2, 2, 1])).item(), 7.5);
    assertEquals([...await loss.backward().data()], [0.5, 1, 1.5, 2]);
  });

  it("refuses a target of another shape or type", () => {
    const prediction = zeros(backend, [4, 1]);
    const targets = [
      [zeros(backend, [4]), "float32 [4]"],
      [zeros(backend, [4, 1], { dtype: "int32" }), "int32 [4, 1]"],
    ] as const;
    for (const [target, found] of targets) {
      assertThrows(
        () => new MeanSquaredError().forward(prediction, target),
        ShapeError,
        `Cannot take the loss of [4, 1] as the target must be float32 [4, 1]: found ${found}`,
      );
    }
  });
});

describe("MeanSquaredError.checkTarget()", () => {
  const loss = new MeanSquaredError();

  it("takes finite numbers of the output's shape", () => {
    loss.checkTarget({ data: new Float32Array([1e30, -5]), shape: [1, 2] }, [2]);
    loss.checkTarget({ data: new Float64Array([1, 2]), shape: [2] }, []);
  });

  it("refuses what is not finite, naming its row", () => {
    for (const value of [NaN, Infinity, -Infinity]) {
      assertThrows(
        () => loss.checkTarget({ data: new Float32Array([1, 2, 3, value]), shape: [2, 2] }, [2]),
        RangeError,
        `Cannot take the loss as each target must be finite: found ${value} at row 1`,
      );
    }
  });

  it("refuses another shape", () => {
    for (const shape of [[6], [3, 2], [1, 2, 3], []]) {
      const data = new Float32Array(shape.reduce((size, length) => size * length, 1));
      assertThrows(
        () => loss.checkTarget({ data, shape }, [3]),
        ShapeError,
        `Cannot take the loss as the target must be [n, 3]: found [${shape.join(", ")}]`,
      );
    }
  });

  it("refuses a count of numbers that is not the shape's", () => {
    assertThrows(
      () => loss.checkTarget({ data: new Float32Array(5), shape: [2, 3] }, [3]),
      ShapeError,
      "Cannot take the loss as the target must have 6 numbers for [2, 3]: found 5",
    );
  });
});
