import { tensor, zeros } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { ScaledLoss } from "./scaled_loss.ts";
import { SoftmaxCrossEntropy } from "./softmax_cross_entropy.ts";

const backend = reference();

describe("ScaledLoss", () => {
  it("multiplies the gradient, and leaves the cost", async () => {
    const prediction = tensor(backend, [[1, 2, 3], [0, -1, 0.5]]);
    const target = tensor(backend, Int32Array.from([2, 0]));
    const plain = new SoftmaxCrossEntropy();
    const scaled = new ScaledLoss(new SoftmaxCrossEntropy(), 2 ** 12);
    for (let batch = 0; batch < 2; batch++) {
      assertEquals(
        await scaled.forward(prediction, target).item(),
        await plain.forward(prediction, target).item(),
      );
      const gradient = await plain.backward().data();
      assertEquals(await scaled.backward().data(), gradient.map((g) => 2 ** 12 * g));
    }
  });

  it("refuses what its loss refuses", () => {
    const loss = new ScaledLoss(new SoftmaxCrossEntropy(), 2);
    assertThrows(
      () => loss.checkTarget({ data: Int32Array.from([0, 3]), shape: [2] }, [3]),
      RangeError,
      "found 3 at row 1",
    );
    assertThrows(() => loss.backward(), Error, "found no forward");
    assertThrows(() => loss.forward(zeros(backend, [2]), zeros(backend, [2])), Error);
  });

  it("refuses a factor that is no finite number above 0", () => {
    for (const scale of [0, -1, NaN, Infinity]) {
      assertThrows(
        () => new ScaledLoss(new SoftmaxCrossEntropy(), scale),
        RangeError,
        `Cannot scale a loss as the factor must be a finite number above 0: found ${scale}`,
      );
    }
  });
});
