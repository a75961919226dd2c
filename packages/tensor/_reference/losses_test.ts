import { assertClose } from "@gradus/testing";
import { describe, it } from "@std/testing/bdd";
import type { PointwiseLossOp } from "../backend.ts";
import { goldenTensor, readNumbers, resultLike } from "../golden/_read_numbers_test.ts";
import golden from "../golden/kernels.json" with { type: "json" };
import { reference } from "../reference.ts";
import { zeros } from "../tensor.ts";

const backend = reference({ dtype: "float64" });

describe("losses", () => {
  for (const row of golden.softmaxCrossEntropies) {
    const { labelSmoothing, weight } = row;
    const isLabels = row.target.shape.length === 1;
    it(
      `softmaxCrossEntropy() gives PyTorch's loss and gradient: ${isLabels ? "labels" : "table"}, ${
        weight ? "weights" : "no weights"
      }, smoothing ${labelSmoothing}`,
      async () => {
        const out = { loss: zeros(backend, []), gradient: resultLike(backend, row.gradient) };
        backend.softmaxCrossEntropy(
          {
            logits: goldenTensor(backend, row.logits),
            target: goldenTensor(backend, row.target, isLabels ? "int32" : "float64"),
            weight: weight && goldenTensor(backend, weight),
          },
          { labelSmoothing },
          out,
        );
        assertClose(await out.loss.data(), [row.loss], 1e-15);
        assertClose(await out.gradient.data(), readNumbers(row.gradient.values), 1e-15);
      },
    );
  }
  it("crossEntropy() gives PyTorch's loss and gradient", async () => {
    for (const row of golden.crossEntropies) {
      const p = goldenTensor(backend, row.p);
      const target = goldenTensor(backend, row.target, "int32");
      const [loss, gradient] = [zeros(backend, []), resultLike(backend, row.gradient)];
      backend.crossEntropy(p, target, loss);
      backend.crossEntropyGradient(p, target, gradient);
      assertClose(await loss.data(), [row.loss], 1e-15);
      assertClose(await gradient.data(), readNumbers(row.gradient.values), 1e-15);
    }
  });
  for (const row of golden.pointwiseLosses) {
    it(`pointwiseLoss() gives PyTorch's ${row.op} and its gradient`, async () => {
      const op = row.op as PointwiseLossOp;
      const operands = {
        prediction: goldenTensor(backend, row.prediction),
        target: goldenTensor(backend, row.target),
      };
      const [loss, gradient] = [zeros(backend, []), resultLike(backend, row.gradient)];
      backend.pointwiseLoss(op, operands, loss, 0.7);
      backend.pointwiseLossGradient(op, operands, gradient, 0.7);
      assertClose(await loss.data(), [row.loss], 1e-15);
      assertClose(await gradient.data(), readNumbers(row.gradient.values), 1e-15);
    });
  }
});
