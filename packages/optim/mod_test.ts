import { tensor } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import optimizers from "./golden/optimizers.json" with { type: "json" };
import schedules from "./golden/schedules.json" with { type: "json" };
import {
  Adagrad,
  Adam,
  AdamW,
  cosine,
  exponential,
  Muon,
  oneCycle,
  type OptimizedParameters,
  type Optimizer,
  type OptimizerOptions,
  polynomial,
  ReduceOnPlateau,
  RmsProp,
  type Schedule,
  Sgd,
  stepDecay,
} from "./mod.ts";

const exact = reference({ dtype: "float64" });

type Make = (parameters: OptimizedParameters, options: OptimizerOptions) => Optimizer;

const makeOptimizer: Record<string, Make> = {
  Adagrad: (parameters, options) => new Adagrad(parameters, options),
  Adam: (parameters, options) => new Adam(parameters, options),
  AdamW: (parameters, options) => new AdamW(parameters, options),
  Muon: (parameters, options) => new Muon(parameters, options),
  RmsProp: (parameters, options) => new RmsProp(parameters, options),
  Sgd: (parameters, options) => new Sgd(parameters, { learningRate: NaN, ...options }),
};

describe("every optimizer", () => {
  for (const { optimizer: name, options, rates, groups, frozen, values } of optimizers.cases) {
    const parts = [
      JSON.stringify(options),
      rates === null ? "" : "with changing rates",
      groups === null ? "" : `in groups ${JSON.stringify(groups)}`,
      frozen.length === 0 ? "" : "frozen for a while",
    ].filter((part) => part !== "");
    it(`takes PyTorch's path: ${name} ${parts.join(" ")}`, async () => {
      const parameters = optimizers.start.map((start, i) => ({
        name: `${i}`,
        value: tensor(exact, start, { shape: i === 0 ? [2, 2] : [2] }),
        gradient: tensor(exact, start, { shape: i === 0 ? [2, 2] : [2] }),
        trainable: true,
      }));
      const schedule: { learningRate?: Schedule } = rates === null
        ? {}
        : { learningRate: (step) => rates[step]! };
      const optimizer = makeOptimizer[name]!(
        groups === null
          ? parameters
          : groups.map((group, i) => ({ ...group, parameters: [parameters[i]!] })),
        { ...options, ...schedule },
      );
      const found: number[][] = [];
      for (let step = 0; step < optimizers.steps; step++) {
        parameters[1]!.trainable = !frozen.includes(step as never);
        parameters.forEach(({ gradient }, i) => gradient.set(optimizers.gradients[step]![i]!));
        optimizer.step();
        if (optimizers.kept.includes(step)) {
          const [a, b] = await Promise.all(parameters.map(({ value }) => value.data()));
          found.push([...a!, ...b!]);
        }
      }
      assertClose(found.flat(), values.flat());
    });
  }
});

const makeSchedule: Record<string, (options: never) => Schedule> = {
  cosine,
  exponential,
  oneCycle,
  polynomial,
  stepDecay,
};

describe("every schedule", () => {
  for (const { schedule: name, options, rates, losses } of schedules.cases) {
    it(`gives PyTorch's rates: ${name} ${JSON.stringify(options)}`, () => {
      if (losses === undefined) {
        assertClose(rates.map((_, step) => makeSchedule[name]!(options as never)(step)), rates);
        return;
      }
      const plateau = new ReduceOnPlateau(options);
      assertClose(
        rates.map((_, step) => {
          const { rate } = plateau;
          plateau.observe(losses[step]!);
          return rate;
        }),
        rates,
      );
    });
  }
});

/** Relatively to 1e-12, but for what should be 0, to 1e-16. */
function assertClose(found: readonly number[], expected: readonly number[]): void {
  assertEquals(found.length, expected.length);
  expected.forEach((value, i) => {
    const error = Math.abs(found[i]! - value);
    assert(
      error <= 1e-12 * Math.abs(value) + 1e-16,
      `found ${found[i]} for ${value} at ${i}: off by ${error}`,
    );
  });
}
