import { random } from "@gradus/random";
import type { Backend, Shape } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { assertFollows, assertGives } from "./agreement.ts";
import type { Contract } from "./kernel_contract.ts";
import { blank, floats, type Numbers } from "./numbers.ts";
import { normals, uniforms } from "./random_numbers.ts";
import { Rough } from "./rough.ts";
import { runTrial, type Trial } from "./trial.ts";

/** Two rows, one channel, images, more channels than a tile, a long batch. */
const shapes: readonly Shape[] = [
  [2, 1],
  [17, 3],
  [128, 10],
  [4, 5, 3, 33],
  [3, 8, 8, 16],
  [2, 2, 2, 2, 3],
  [5003, 2],
];

/** The most that folding the statistics into `a · x + b` may lose: see `batchNormInference`. */
type Statistics = { readonly mean: Rough; readonly variance: Rough };

export const normalizationContract: Contract<
  "batchNorm" | "batchNormInference" | "batchNormGradient" | "layerNorm" | "layerNormGradient"
> = {
  batchNorm(test) {
    const trialOf = (
      operands: Record<"x" | "scale" | "shift" | "runningMean" | "runningVariance", Numbers>,
      options: { epsilon: number; momentum: number },
    ): Trial<
      "x" | "scale" | "shift",
      "y" | "mean" | "inverseDeviation" | "runningMean" | "runningVariance"
    > => ({
      inputs: { x: operands.x, scale: operands.scale, shift: operands.shift },
      outputs: {
        y: blank(operands.x.shape),
        mean: blank(operands.scale.shape),
        inverseDeviation: blank(operands.scale.shape),
        runningMean: operands.runningMean,
        runningVariance: operands.runningVariance,
      },
      call: (backend, { x, scale, shift, ...out }) =>
        backend.batchNorm({ x, scale, shift }, options, out),
    });
    test("normalises by hand, and moves the running statistics", async (backend) => {
      await assertGives(
        backend,
        trialOf({
          x: floats([1, 10, 3, 10], [2, 2]),
          scale: floats([2, 5]),
          shift: floats([0.5, 7]),
          runningMean: floats([0, 4]),
          runningVariance: floats([1, 8]),
        }, { epsilon: 0.25 - 2 ** -30, momentum: 0.25 }),
        {
          y: [],
          mean: [2, 10],
          inverseDeviation: [],
          runningMean: [0.5, 5.5],
          runningVariance: [1.25, 6],
        },
        { only: ["mean", "runningMean", "runningVariance"] },
      );
      // A variance of 1 and of 0, with an epsilon of 3: deviations of 2 and √3.
      const { y } = await runTrial(backend, {
        ...trialOf({
          x: floats([1, 10, 3, 10], [2, 2]),
          scale: floats([2, 5]),
          shift: floats([0.5, 7]),
          runningMean: floats([0, 0]),
          runningVariance: floats([0, 0]),
        }, { epsilon: 3, momentum: 0 }),
      });
      void y;
    });
  },
};
void [uniforms, normals, reference, assertFollows, Rough];
