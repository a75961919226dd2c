import { ShapeError, tensor, zeros } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { SoftmaxCrossEntropy } from "./softmax_cross_entropy.ts";

const backend = reference();

describe("SoftmaxCrossEntropy", () => {
  it("neither overflows nor divides by zero at logits far apart", async () => {
    const loss = new SoftmaxCrossEntropy();
    const logits = tensor(backend, [[1e4, -1e4]]);
    const costs = [0, 1].map((label) => {
      const cost = loss.forward(logits, tensor(backend, new Int32Array([label])));
      return Promise.all([cost.item(), loss.backward().data()]);
    });
    assertEquals(await Promise.all(costs), [
      [0, new Float32Array([0, 0])],
      [2e4, new Float32Array([1, -1])],
    ]);
  });

  it("smooths labels towards all classes", async () => {
    const loss = new SoftmaxCrossEntropy({ labelSmoothing: 0.5 });
    loss.forward(tensor(backend, [[0, 0]]), tensor(backend, new Int32Array([0])));
    assertEquals([...await loss.backward().data()], [0.5 - 0.75, 0.5 - 0.25]);
  });

  it("divides by the labels' weights, or by the rows where targets are rows", async () => {
    const loss = new SoftmaxCrossEntropy({ classWeights: [1, 3] });
    const logits = tensor(backend, [[0, 0], [0, 0]]);
    const byLabels = loss.forward(logits, tensor(backend, new Int32Array([0, 1]))).item();
    const byRows = loss.forward(logits, tensor(backend, [[1, 0], [0, 1]])).item();
    assertEquals(
      await Promise.all([byLabels, byRows]),
      [Math.fround(Math.LN2), Math.fround(2 * Math.LN2)],
    );
  });

  it("keeps its own copy of the weights", async () => {
    const classWeights = [1, 1];
    const loss = new SoftmaxCrossEntropy({ classWeights });
    classWeights[0] = 100;
    const cost = loss.forward(tensor(backend, [[0, 0]]), tensor(backend, [[1, 0]]));
    assertEquals(await cost.item(), Math.fround(Math.LN2));
  });

  it("refuses a smoothing outside [0, 1)", () => {
    for (const labelSmoothing of [-0.1, 1, NaN]) {
      assertThrows(
        () => new SoftmaxCrossEntropy({ labelSmoothing }),
        RangeError,
        `Cannot smooth labels as the share must be in [0, 1): found ${labelSmoothing}`,
      );
    }
  });

  it("refuses weights that are not positive numbers", () => {
    for (const weight of [0, -1, NaN, Infinity]) {
      assertThrows(
        () => new SoftmaxCrossEntropy({ classWeights: new Float32Array([1, weight]) }),
        RangeError,
        `Cannot weight classes as each weight must be a positive number: found ${weight} for class 1`,
      );
    }
  });

  it("refuses another count of weights than of classes, and then has nothing to go back to", () => {
    const loss = new SoftmaxCrossEntropy({ classWeights: [1, 2] });
    assertThrows(
      () => loss.forward(zeros(backend, [4, 3]), zeros(backend, [4, 3])),
      ShapeError,
      "Cannot take the loss of [4, 3] as there must be a weight for each class: found 2",
    );
    assertThrows(() => loss.backward(), Error, "found no forward");
  });

  it("refuses other shapes and types", () => {
    assertThrows(
      () => new SoftmaxCrossEntropy().forward(zeros(backend, [4, 3]), zeros(backend, [3, 4])),
      ShapeError,
      "Cannot take the loss of [4, 3] as the target must be int32 [4] or float32 [4, 3]: found float32 [3, 4]",
    );
  });
});

describe("SoftmaxCrossEntropy.checkTarget()", () => {
  it("checks as CrossEntropy's does", () => {
    const loss = new SoftmaxCrossEntropy();
    loss.checkTarget({ data: new Int32Array([9]), shape: [1] }, [10]);
    assertThrows(
      () => loss.checkTarget({ data: new Int32Array([0, 10]), shape: [2] }, [10]),
      RangeError,
      "Cannot take the loss as each label must be in [0, 10): found 10 at row 1",
    );
  });
});
