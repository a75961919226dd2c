import { tensor } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { BinaryCrossEntropyWithLogits } from "./binary_cross_entropy_with_logits.ts";

describe("BinaryCrossEntropyWithLogits", () => {
  it("neither overflows nor takes the logarithm of 0", async () => {
    const backend = reference();
    const loss = new BinaryCrossEntropyWithLogits();
    const cost = loss.forward(
      tensor(backend, [[1e4, 1e4, -1e4, -1e4]]),
      tensor(backend, [[1, 0, 1, 0]]),
    );
    assertEquals(await cost.item(), 5e3);
    assertEquals([...await loss.backward().data()], [0, 0.25, -0.25, 0]);
  });
});

describe("BinaryCrossEntropyWithLogits.checkTarget()", () => {
  it("takes probabilities, and refuses all else, naming its row", () => {
    const loss = new BinaryCrossEntropyWithLogits();
    loss.checkTarget({ data: new Float32Array([0, 0.5, 1]), shape: [3, 1] }, [1]);
    for (const value of [-1, 1.5, NaN]) {
      assertThrows(
        () => loss.checkTarget({ data: new Float32Array([0, value]), shape: [2, 1] }, [1]),
        RangeError,
        `Cannot take the loss as each target must be in [0, 1]: found ${value} at row 1`,
      );
    }
  });
});
