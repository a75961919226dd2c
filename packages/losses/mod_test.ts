import { random } from "@gradus/random";
import { type Nested, type NumericArray, type Shape, sizeOf, tensor } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { assert, assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import * as fc from "fast-check";
import golden from "./golden/losses.json" with { type: "json" };
import {
  BinaryCrossEntropyWithLogits,
  CrossEntropy,
  Hinge,
  Huber,
  type Loss,
  MeanAbsoluteError,
  MeanSquaredError,
  SoftmaxCrossEntropy,
} from "./mod.ts";

const exact = reference({ dtype: "float64" });

const losses: Record<string, (options: Record<string, unknown>) => Loss> = {
  BinaryCrossEntropyWithLogits: () => new BinaryCrossEntropyWithLogits(),
  CrossEntropy: () => new CrossEntropy(),
  Hinge: () => new Hinge(),
  Huber: (options) => new Huber(options),
  MeanAbsoluteError: () => new MeanAbsoluteError(),
  MeanSquaredError: () => new MeanSquaredError(),
  SoftmaxCrossEntropy: (options) => new SoftmaxCrossEntropy(options),
};

describe("every loss", () => {
  for (const { loss: name, options, prediction, target, cost, gradient } of golden.cases) {
    const rank = Array.isArray(target[0]) ? 2 : 1;
    it(`gives PyTorch's cost and gradient: ${name} ${JSON.stringify(options)}, rank ${rank}`, async () => {
      const loss = losses[name]!(options);
      const dtype = rank === 1 ? "int32" : "float64";
      const found = loss.forward(
        tensor(exact, prediction),
        tensor(exact, target as Nested, { dtype }),
      );
      assertClose([await found.item()], [cost], 1e-14);
      assertClose(await loss.backward().data(), gradient, 1e-14);
    });
  }

  const shapes = fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 5 }));
  const cases: Record<string, (draw: Draw) => { loss: Loss; prediction: number[]; y: Target }> = {
    SoftmaxCrossEntropy: (draw) => ({
      loss: new SoftmaxCrossEntropy(),
      prediction: draw.normals(),
      y: draw.labels(),
    }),
    "SoftmaxCrossEntropy, smoothed, weighted and of soft targets,": (draw) => ({
      loss: new SoftmaxCrossEntropy({ labelSmoothing: 0.2, classWeights: draw.weights() }),
      prediction: draw.normals(),
      y: draw.probabilities(),
    }),
    "SoftmaxCrossEntropy, smoothed, weighted and of labels,": (draw) => ({
      loss: new SoftmaxCrossEntropy({ labelSmoothing: 0.2, classWeights: draw.weights() }),
      prediction: draw.normals(),
      y: draw.labels(),
    }),
    CrossEntropy: (draw) => ({
      loss: new CrossEntropy(),
      prediction: draw.uniforms(0.2, 1),
      y: draw.probabilities(),
    }),
    "CrossEntropy of labels": (draw) => ({
      loss: new CrossEntropy(),
      prediction: draw.uniforms(0.2, 1),
      y: draw.labels(),
    }),
    MeanSquaredError: (draw) => ({
      loss: new MeanSquaredError(),
      prediction: draw.normals(),
      y: draw.reals(draw.normals()),
    }),
    BinaryCrossEntropyWithLogits: (draw) => ({
      loss: new BinaryCrossEntropyWithLogits(),
      prediction: draw.normals(),
      y: draw.reals(draw.uniforms(0, 1)),
    }),
    // Distances from 0.1 to 0.9 on either side of the kinks at 0 and 1: no difference crosses one.
    MeanAbsoluteError: (draw) => apart(draw, new MeanAbsoluteError()),
    Huber: (draw) => apart(draw, new Huber()),
    Hinge: (draw) => {
      const y = draw.signs();
      const margins = draw.uniforms(0.1, 0.9).map((distance, i) => distance + (i % 2));
      return {
        loss: new Hinge(),
        prediction: margins.map((margin, i) => margin * y[i]!),
        y: draw.reals(y),
      };
    },
  };
  for (const [name, make] of Object.entries(cases)) {
    it(`has the gradient that differences have: ${name}`, async () => {
      await fc.assert(
        fc.asyncProperty(shapes, fc.nat(), async (shape, seed) => {
          const { loss, prediction, y } = make(new Draw(shape, seed));
          loss.checkTarget(y, [shape[1]]);
          const target = tensor(exact, y.data, { shape: y.shape });
          const x = tensor(exact, Float64Array.from(prediction), { shape });
          const cost = async (at: readonly number[]) => {
            x.set(at);
            return await loss.forward(x, target).item();
          };
          await cost(prediction);
          const gradient = await loss.backward().data();
          assertClose(gradient, await differences(cost, prediction), 1e-8);
        }),
        { numRuns: 20 },
      );
    });
  }

  it("allocates at the first batch and again at a larger one alone", () => {
    for (const [name, make] of Object.entries(losses)) {
      const backend = reference();
      const loss = make(name === "SoftmaxCrossEntropy" ? { classWeights: [1, 2] } : {});
      const batches = [3, 2, 5].map((rows) => {
        const ones = new Float32Array(rows * 2).fill(1);
        return [
          tensor(backend, ones, { shape: [rows, 2] }),
          tensor(backend, ones, { shape: [rows, 2] }),
        ] as const;
      });
      const run = (batch: number) => {
        const before = backend.memory.allocations;
        loss.forward(...batches[batch]!);
        assertEquals(loss.backward().shape, batches[batch]![0].shape);
        return backend.memory.allocations - before;
      };
      assert(run(0) > 0);
      assertEquals([run(0), run(1), run(0)], [0, 0, 0], name);
      assertEquals(run(2), 1, name);
      assertEquals([run(0), run(1), run(2)], [0, 0, 0], name);
    }
  });

  it("gives the same tensors for the same shape", () => {
    for (const make of Object.values(losses)) {
      const loss = make({});
      const ones = tensor(exact, [[1, 1]]);
      const [cost, gradient] = [loss.forward(ones, ones), loss.backward()];
      assertStrictEquals(loss.forward(ones, ones), cost);
      assertStrictEquals(loss.backward(), gradient);
    }
  });

  it("moves to the backend of its prediction", async () => {
    const loss = new SoftmaxCrossEntropy({ classWeights: [1, 1] });
    for (const backend of [exact, reference()]) {
      const cost = loss.forward(tensor(backend, [[0, 0]]), tensor(backend, [[0, 1]]));
      assertEquals(await cost.item(), backend === exact ? Math.LN2 : Math.fround(Math.LN2));
      assertEquals([...await loss.backward().data()], [0.5, -0.5]);
    }
  });

  it("refuses backward before forward, or twice", () => {
    const message =
      "Cannot run backward as forward must have run since the last backward: found no forward";
    for (const make of Object.values(losses)) {
      const loss = make({});
      const ones = tensor(exact, [[1, 1]]);
      assertThrows(() => loss.backward(), Error, message);
      loss.forward(ones, ones);
      loss.backward();
      assertThrows(() => loss.backward(), Error, message);
    }
  });

  it("refuses tensors of two backends", () => {
    const [x, y] = [tensor(reference(), [[1]]), tensor(reference(), [[1]])];
    for (const make of Object.values(losses)) {
      assertThrows(
        () => make({}).forward(x, y),
        TypeError,
        "Cannot take the loss as prediction and target must be on one backend: found reference and reference (two of them)",
      );
    }
  });

  it("refuses a prediction of integers", () => {
    const x = tensor(exact, new Int32Array(2), { shape: [1, 2] });
    for (const make of Object.values(losses)) {
      assertThrows(
        () => make({}).forward(x, x),
        TypeError,
        "Cannot take the loss as predictions must be float64: found int32 [1, 2]",
      );
    }
  });
});

type Target = { data: NumericArray; shape: Shape };

/** Random operands of one case. */
class Draw {
  readonly #shape: readonly [number, number];
  readonly #random;

  constructor(shape: readonly [number, number], seed: number) {
    this.#shape = shape;
    this.#random = random(seed);
  }

  normals(): number[] {
    return this.#numbers(() => this.#random.normal());
  }

  uniforms(low: number, high: number): number[] {
    return this.#numbers(() => this.#random.uniform(low, high));
  }

  signs(): number[] {
    return this.#numbers(() => this.#random.integer(2) * 2 - 1);
  }

  weights(): number[] {
    return this.uniforms(0.5, 2).slice(0, this.#shape[1]);
  }

  labels(): Target {
    const [rows, classes] = this.#shape;
    return {
      data: Int32Array.from({ length: rows }, () => this.#random.integer(classes)),
      shape: [rows],
    };
  }

  probabilities(): Target {
    const classes = this.#shape[1];
    const values = this.uniforms(0, 1);
    return this.reals(values.map((value, i) => {
      const start = i - i % classes;
      return value / values.slice(start, start + classes).reduce((sum, x) => sum + x);
    }));
  }

  reals(values: number[]): Target {
    return { data: Float64Array.from(values), shape: this.#shape };
  }

  #numbers(next: () => number): number[] {
    return Array.from({ length: sizeOf(this.#shape) }, next);
  }
}

function apart(draw: Draw, loss: Loss): { loss: Loss; prediction: number[]; y: Target } {
  const y = draw.normals();
  const signs = draw.signs();
  const distances = draw.uniforms(0.1, 0.9).map((distance, i) => distance + (i % 2));
  return {
    loss,
    prediction: y.map((value, i) => value + signs[i]! * distances[i]!),
    y: draw.reals(y),
  };
}

/** The gradient of `cost` by five-point differences, whose error is about h⁴ + 10⁻¹⁶ / h. */
async function differences(
  cost: (at: readonly number[]) => Promise<number>,
  at: readonly number[],
): Promise<number[]> {
  const h = 1e-3;
  const gradient: number[] = [];
  for (let i = 0; i < at.length; i++) {
    const moved = (steps: number) => cost(at.map((x, j) => i === j ? x + steps * h : x));
    const near = await moved(1) - await moved(-1);
    const far = await moved(2) - await moved(-2);
    gradient.push((8 * near - far) / (12 * h));
  }
  return gradient;
}

/** That the largest difference is within `tolerance` of the largest number. */
function assertClose(
  found: ArrayLike<number>,
  expected: readonly number[],
  tolerance: number,
): void {
  assertEquals(found.length, expected.length);
  const largest = Math.max(...expected.map(Math.abs));
  expected.forEach((value, i) => {
    const error = Math.abs(found[i]! - value) / (largest || 1);
    assert(error <= tolerance, `found ${found[i]} for ${value} at ${i}: off by ${error}`);
  });
}
