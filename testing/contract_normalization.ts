import { type Random, random } from "@gradus/random";
import type { Backend, Shape } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { assertEquals } from "@std/assert";
import { assertFollows, assertGives } from "./agreement.ts";
import type { Contract, Test } from "./kernel_contract.ts";
import { blank, floats, type Numbers } from "./numbers.ts";
import { normals, uniforms } from "./random_numbers.ts";
import { Rough } from "./rough.ts";
import { runTrial, type Trial } from "./trial.ts";

/** Two rows, one channel, images, more channels than a tile, a long batch, long rows. */
const shapes: readonly Shape[] = [
  [2, 1],
  [17, 3],
  [128, 10],
  [4, 5, 3, 33],
  [3, 8, 8, 16],
  [2, 2, 2, 2, 3],
  [5003, 2],
  [2, 1003],
];

const EPSILON = 1e-5;

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
      const operands = {
        x: floats([1, 6, 3, 10], [2, 2]),
        scale: floats([2, 5]),
        shift: floats([0.5, 7]),
        runningMean: floats([0, 4]),
        runningVariance: floats([1, 8]),
      };
      await assertGives(backend, trialOf(operands, { epsilon: 0, momentum: 0.25 }), {
        y: [-1.5, 2, 2.5, 12],
        mean: [2, 8],
        inverseDeviation: [1, 0.5],
        runningMean: [0.5, 5],
        runningVariance: [1.25, 8], // of the unbiased variances 2 and 8
      }, { units: 40 });
    });
    const assertCase = (
      backend: Backend,
      x: Numbers,
      { momentum }: { momentum: number },
    ) => {
      const stream = random(1);
      const channels = [x.shape.at(-1)!];
      const operands = {
        x,
        scale: normals(stream, channels),
        shift: normals(stream, channels),
        runningMean: normals(stream, channels),
        runningVariance: uniforms(stream, channels, { low: 0.5, high: 2 }),
      };
      return assertFollows(backend, trialOf(operands, { epsilon: EPSILON, momentum }), (u) => {
        const groups = columns(x, u);
        const count = groups[0]!.length;
        const statistics = groups.map(statisticsOf);
        const running = (now: Numbers, batch: Rough[]) =>
          rough(now, u).map((now, c) => now.times(1 - momentum).plus(batch[c]!.times(momentum)));
        return {
          y: rowMajor(
            groups.map((_, c) =>
              statistics[c]!.deviations.map((deviation) =>
                deviation.times(statistics[c]!.inverse).times(operands.scale.values[c]!)
                  .plus(operands.shift.values[c]!)
              )
            ),
          ),
          mean: statistics.map(({ mean }) => mean),
          inverseDeviation: statistics.map(({ inverse }) => inverse),
          runningMean: running(operands.runningMean, statistics.map(({ mean }) => mean)),
          runningVariance: running(
            operands.runningVariance,
            statistics.map(({ variance }) => variance.times(count / (count - 1))),
          ),
        };
      });
    };
    test("rounds no more than its formula, in every shape", async (backend) => {
      const stream = random(2);
      await Promise.all(
        shapes.map((shape, i) =>
          assertCase(backend, normals(stream, shape), { momentum: i % 2 === 0 ? 0.1 : 0.4 })
        ),
      );
    });
    test("cancels nothing where the mean is large", async (backend) => {
      // Σx² / n − mean² in float32 would leave no correct digit of the variance.
      const x = floats(normals(random(3), [64, 3]).values.map((x) => 4000 + x), [64, 3]);
      await assertCase(backend, x, { momentum: 0.1 });
    });
    test("stays finite where all numbers are the same", async (backend) => {
      await assertCase(backend, floats(new Float32Array(34).fill(0.1), [17, 2]), { momentum: 0.1 });
    });
    test("keeps NaN in its channel", async (backend) => {
      const one = floats([1, 1]);
      const x = floats([NaN, 1, 2, 3], [2, 2]);
      const { y, mean } = await runTrial(
        backend,
        trialOf(
          { x, scale: one, shift: one, runningMean: one, runningVariance: one },
          { epsilon: 0, momentum: 0.5 },
        ),
      );
      assertEquals([...y, ...mean].map(Number.isNaN), [true, false, true, false, true, false]);
    });
  },

  batchNormInference(test) {
    const names = ["scale", "shift", "mean", "variance"] as const;
    const trialOf = (
      operands: Record<"x" | (typeof names)[number], Numbers>,
      epsilon: number,
    ): Trial<"x" | (typeof names)[number], "y"> => ({
      inputs: operands,
      outputs: { y: blank(operands.x.shape) },
      call: (backend, { y, ...operands }) => backend.batchNormInference(operands, { epsilon }, y),
    });
    test("normalises by hand, with given statistics", async (backend) => {
      const operands = {
        x: floats([1, 6, 3, 10], [2, 2]),
        scale: floats([2, 5]),
        shift: floats([0.5, 7]),
        mean: floats([3, 4]),
        variance: floats([1, 13]),
      };
      await assertGives(backend, trialOf(operands, 3), { y: [-1.5, 9.5, 0.5, 14.5] }, {
        units: 40,
      });
    });
    test("rounds no more than its formula, in every shape", async (backend) => {
      const stream = random(4);
      await Promise.all(shapes.map((shape) => {
        const channels = shape.slice(-1);
        const operands = {
          x: normals(stream, shape),
          scale: normals(stream, channels),
          shift: normals(stream, channels),
          mean: normals(stream, channels),
          variance: uniforms(stream, channels, { low: 0, high: 2 }),
        };
        return assertFollows(backend, trialOf(operands, EPSILON), (u) => {
          const [scale, shift, mean, variance] = names.map((name) => rough(operands[name], u)) as [
            Rough[],
            Rough[],
            Rough[],
            Rough[],
          ];
          return {
            y: rowMajor(
              columns(operands.x, u).map((group, c) => {
                // What is known before the batch may be folded into y = a · x + b, though it rounds more.
                const a = scale[c]!.over(variance[c]!.plus(EPSILON).squareRoot());
                const b = shift[c]!.minus(mean[c]!.times(a));
                return group.map((x) => x.times(a).plus(b));
              }),
            ),
          };
        });
      }));
    });
  },

  batchNormGradient(test) {
    gradientTests(test, "batchNorm", {
      shape: [2, 2],
      x: [1, 6, 3, 10],
      dy: [1, 2, 3, -4],
      mean: [2, 8],
      inverseDeviation: [1, 0.5],
      // x̂ is ∓1 in both channels; a batch of two has no slope but what ε leaves.
      dx: [0, 0, 0, 0],
      dScale: [2, -6],
      dShift: [4, -2],
    });
  },

  layerNorm(test) {
    const trialOf = (
      operands: Record<"x" | "scale" | "shift", Numbers>,
      epsilon: number,
    ): Trial<"x" | "scale" | "shift", "y" | "mean" | "inverseDeviation"> => {
      const rows = operands.x.shape.slice(0, -1);
      return {
        inputs: operands,
        outputs: {
          y: blank(operands.x.shape),
          mean: blank(rows),
          inverseDeviation: blank(rows),
        },
        call: (backend, { x, scale, shift, ...out }) =>
          backend.layerNorm({ x, scale, shift }, { epsilon }, out),
      };
    };
    test("normalises rows by hand", async (backend) => {
      const operands = {
        x: floats([1, 3, 6, 10], [2, 2]),
        scale: floats([2, 5]),
        shift: floats([0.5, 7]),
      };
      await assertGives(backend, trialOf(operands, 0), {
        y: [-1.5, 12, -1.5, 12],
        mean: [2, 8],
        inverseDeviation: [1, 0.5],
      }, { units: 40 });
    });
    const assertCase = (backend: Backend, x: Numbers) => {
      const stream = random(5);
      const features = x.shape.slice(-1);
      const operands = { x, scale: normals(stream, features), shift: normals(stream, features) };
      return assertFollows(backend, trialOf(operands, EPSILON), (u) => {
        const statistics = rows(x, u).map(statisticsOf);
        return {
          y: statistics.flatMap(({ deviations, inverse }) =>
            deviations.map((deviation, c) =>
              deviation.times(inverse).times(operands.scale.values[c]!)
                .plus(operands.shift.values[c]!)
            )
          ),
          mean: statistics.map(({ mean }) => mean),
          inverseDeviation: statistics.map(({ inverse }) => inverse),
        };
      });
    };
    test("rounds no more than its formula, in every shape", async (backend) => {
      const stream = random(6);
      await Promise.all(
        [...shapes, [17], [5, 1]].map((shape) => assertCase(backend, normals(stream, shape))),
      );
    });
    test("cancels nothing where the mean is large", async (backend) => {
      const x = normals(random(7), [3, 64]).values.map((x) => 4000 + x);
      await assertCase(backend, floats(x, [3, 64]));
    });
    test("stays finite where all numbers are the same", async (backend) => {
      await assertCase(backend, floats(new Float32Array(34).fill(0.1), [2, 17]));
    });
  },

  layerNormGradient(test) {
    gradientTests(test, "layerNorm", {
      shape: [2, 2],
      x: [1, 3, 6, 10],
      dy: [1, 2, 3, -4],
      mean: [2, 8],
      inverseDeviation: [1, 0.5],
      dx: [0, 0, 0, 0],
      dScale: [-4, -2],
      dShift: [4, -2],
    });
  },
};

function gradientTests(
  test: Test,
  kind: "batchNorm" | "layerNorm",
  hand:
    & Record<"x" | "dy" | "mean" | "inverseDeviation" | "dx" | "dScale" | "dShift", number[]>
    & { shape: Shape },
): void {
  const kernel = `${kind}Gradient` as const;
  const names = ["x", "dy", "scale", "mean", "inverseDeviation"] as const;
  type Operands = Record<(typeof names)[number], Numbers>;
  const trialOf = (
    operands: Operands,
  ): Trial<(typeof names)[number], "dx" | "dScale" | "dShift"> => ({
    inputs: operands,
    outputs: {
      dx: blank(operands.x.shape),
      dScale: blank(operands.scale.shape),
      dShift: blank(operands.scale.shape),
    },
    call: (backend, { dx, dScale, dShift, ...operands }) =>
      backend[kernel](operands, { dx, dScale, dShift }),
  });

  test("gives all three gradients by hand", async (backend) => {
    const operands = {
      x: floats(hand.x, hand.shape),
      dy: floats(hand.dy, hand.shape),
      scale: floats([1, 1]),
      mean: floats(hand.mean),
      inverseDeviation: floats(hand.inverseDeviation),
    };
    const { dx, dScale, dShift } = hand;
    await assertGives(backend, trialOf(operands), { dx, dScale, dShift });
  });

  const operandsOf = async (stream: Random, shape: Shape): Promise<Operands> => {
    const features = shape.slice(-1);
    const x = normals(stream, shape);
    const { mean, inverseDeviation } = await statisticsFor(kind, x);
    return {
      x,
      dy: normals(stream, shape),
      scale: normals(stream, features),
      mean,
      inverseDeviation,
    };
  };
  const formula = (operands: Operands, u: number) => {
    const arrange = kind === "batchNorm" ? columns : rows;
    const arranged = names.map((name) =>
      name === "x" || name === "dy" ? arrange(operands[name], u) : [rough(operands[name], u)]
    ) as [Rough[][], Rough[][], [Rough[]], [Rough[]], [Rough[]]];
    const [x, dy, [scale], [mean], [inverse]] = arranged;
    const isBatch = kind === "batchNorm";
    // In a group (a channel, or a row): x̂, dy · x̂, and dy times the scale of each number.
    const groups = x.map((group, g) => {
      const normal = group.map((x) => x.minus(mean[g]!).times(inverse[g]!));
      const slopes = dy[g]!.map((dy, i) => dy.times(scale[isBatch ? g : i]!));
      const sum = Rough.sum(slopes).over(group.length);
      const dot = Rough.sum(slopes.map((slope, i) => slope.times(normal[i]!))).over(group.length);
      const dx = slopes.map((slope, i) =>
        slope.minus(sum).minus(normal[i]!.times(dot)).times(inverse[g]!)
      );
      return { normal, dx };
    });
    const perFeature = (of: (g: number, i: number) => Rough) =>
      isBatch
        ? groups.map(({ normal }, g) => Rough.sum(normal.map((_, i) => of(g, i))))
        : scale.map((_, i) => Rough.sum(groups.map((_, g) => of(g, i))));
    return {
      dx: isBatch ? rowMajor(groups.map(({ dx }) => dx)) : groups.flatMap(({ dx }) => dx),
      dScale: perFeature((g, i) => dy[g]![i]!.times(groups[g]!.normal[i]!)),
      dShift: perFeature((g, i) => dy[g]![i]!),
    };
  };
  test("rounds no more than its formula, in every shape", async (backend) => {
    const stream = random(8);
    for (const shape of shapes) {
      const operands = await operandsOf(stream, shape);
      await assertFollows(backend, trialOf(operands), (u) => formula(operands, u));
    }
  });
  test("goes without dx", async (backend) => {
    const operands = await operandsOf(random(9), [17, 33]);
    await assertFollows(backend, {
      inputs: operands,
      outputs: { dScale: blank([33]), dShift: blank([33]) },
      call: (backend, { dScale, dShift, ...operands }) =>
        backend[kernel](operands, { dx: null, dScale, dShift }),
    }, (u) => {
      const { dScale, dShift } = formula(operands, u);
      return { dScale, dShift };
    });
  });
}

/** The float64 reference's statistics, rounded: a gradient is given what its forward pass kept. */
async function statisticsFor(
  kind: "batchNorm" | "layerNorm",
  x: Numbers,
): Promise<Record<"mean" | "inverseDeviation", Numbers>> {
  const features = x.shape.slice(-1);
  const groups = kind === "batchNorm" ? features : x.shape.slice(0, -1);
  const one = floats(new Float32Array(features[0]!).fill(1));
  const { mean, inverseDeviation } = await runTrial(reference({ dtype: "float64" }), {
    inputs: { x, scale: one, shift: one },
    outputs: {
      y: blank(x.shape),
      mean: blank(groups),
      inverseDeviation: blank(groups),
      running: blank(features),
    },
    call: (backend, { x, scale, shift, y, mean, inverseDeviation, running }) => {
      const out = { y, mean, inverseDeviation, runningMean: running, runningVariance: running };
      if (kind === "layerNorm") backend.layerNorm({ x, scale, shift }, { epsilon: EPSILON }, out);
      else backend.batchNorm({ x, scale, shift }, { epsilon: EPSILON, momentum: 0 }, out);
    },
  });
  return { mean: floats(mean, groups), inverseDeviation: floats(inverseDeviation, groups) };
}

/** Mean, biased variance from the deviations, and `1 / √(variance + ε)`. */
function statisticsOf(group: readonly Rough[]) {
  const mean = Rough.sum(group).over(group.length);
  const deviations = group.map((x) => x.minus(mean));
  const variance = Rough.sum(deviations.map((deviation) => deviation.times(deviation)))
    .over(group.length);
  const inverse = mean.exactly(1).over(variance.plus(EPSILON).squareRoot());
  return { mean, deviations, variance, inverse };
}

function rough({ values }: Numbers, u: number): Rough[] {
  return Array.from(values, (value) => new Rough(value, { u }));
}

function rows(x: Numbers, u: number): Rough[][] {
  const length = x.shape.at(-1)!;
  const all = rough(x, u);
  return Array.from(
    { length: all.length / length },
    (_, row) => all.slice(row * length, (row + 1) * length),
  );
}

function columns(x: Numbers, u: number): Rough[][] {
  const all = rows(x, u);
  return all[0]!.map((_, c) => all.map((row) => row[c]!));
}

function rowMajor(columns: readonly Rough[][]): Rough[] {
  return columns[0]!.flatMap((_, row) => columns.map((column) => column[row]!));
}
