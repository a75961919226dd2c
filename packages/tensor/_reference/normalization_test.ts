import { assertClose } from "@gradus/testing";
import { describe, it } from "@std/testing/bdd";
import { goldenTensor, readNumbers, resultLike } from "../golden/_read_numbers_test.ts";
import golden from "../golden/kernels.json" with { type: "json" };
import { reference } from "../reference.ts";

const EPSILON = 1e-5;

describe("batch norm", () => {
  for (const row of golden.batchNorms) {
    it(`gives PyTorch's outputs, statistics and gradients: x [${row.x.shape}]`, async () => {
      const backend = reference({ dtype: "float64" });
      const [x, scale, shift, dy] = [row.x, row.scale, row.shift, row.dy].map((numbers) =>
        goldenTensor(backend, numbers)
      );
      const operands = { x: x!, scale: scale!, shift: shift! };
      const [runningMean, runningVariance] = [
        goldenTensor(backend, row.before.runningMean),
        goldenTensor(backend, row.before.runningVariance),
      ];
      const y = resultLike(backend, row.y);
      const before = { mean: runningMean, variance: runningVariance };
      backend.batchNormInference({ ...operands, ...before }, { epsilon: EPSILON }, y);
      assertClose(await y.data(), readNumbers(row.inference.values), 1e-14);

      const [mean, inverseDeviation, dScale, dShift] = [1, 2, 3, 4].map(() =>
        resultLike(backend, row.scale)
      );
      const kept = { mean: mean!, inverseDeviation: inverseDeviation! };
      backend.batchNorm(operands, { epsilon: EPSILON, momentum: row.momentum }, {
        y,
        ...kept,
        runningMean,
        runningVariance,
      });
      assertClose(await y.data(), readNumbers(row.y.values), 1e-14);
      assertClose(await runningMean.data(), readNumbers(row.after.runningMean.values), 1e-15);
      assertClose(
        await runningVariance.data(),
        readNumbers(row.after.runningVariance.values),
        1e-15,
      );

      const dx = resultLike(backend, row.x);
      backend.batchNormGradient({ x: x!, dy: dy!, scale: scale!, ...kept }, {
        dx,
        dScale: dScale!,
        dShift: dShift!,
      });
      assertClose(await dx.data(), readNumbers(row.dx.values), 1e-14);
      assertClose(await dScale!.data(), readNumbers(row.dscale.values), 1e-14);
      assertClose(await dShift!.data(), readNumbers(row.dshift.values), 1e-14);
    });
  }
});

describe("layer norm", () => {
  for (const row of golden.layerNorms) {
    it(`gives PyTorch's output and gradients: x [${row.x.shape}]`, async () => {
      const backend = reference({ dtype: "float64" });
      const [x, scale, shift, dy] = [row.x, row.scale, row.shift, row.dy].map((numbers) =>
        goldenTensor(backend, numbers)
      );
      const y = resultLike(backend, row.y);
      const rows = { shape: row.x.shape.slice(0, -1), values: "" };
      const kept = { mean: resultLike(backend, rows), inverseDeviation: resultLike(backend, rows) };
      backend.layerNorm({ x: x!, scale: scale!, shift: shift! }, { epsilon: EPSILON }, {
        y,
        ...kept,
      });
      assertClose(await y.data(), readNumbers(row.y.values), 1e-14);

      const dx = resultLike(backend, row.x);
      const [dScale, dShift] = [resultLike(backend, row.scale), resultLike(backend, row.scale)];
      backend.layerNormGradient({ x: x!, dy: dy!, scale: scale!, ...kept }, { dx, dScale, dShift });
      assertClose(await dx.data(), readNumbers(row.dx.values), 1e-14);
      assertClose(await dScale.data(), readNumbers(row.dscale.values), 1e-14);
      assertClose(await dShift.data(), readNumbers(row.dshift.values), 1e-14);
    });
  }
});
