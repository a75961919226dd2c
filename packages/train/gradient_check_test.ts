import {
  Arctan,
  type BackwardOptions,
  constantInit,
  Dense,
  Dropout,
  Elu,
  Flatten,
  Gelu,
  type InitContext,
  type Layer,
  LeakyRelu,
  Linear,
  type Mode,
  type Parameter,
  Relu,
  Sequential,
  Sigmoid,
  Silu,
  Softmax,
  Softplus,
  type State,
  Tanh,
} from "@gradus/layers";
import {
  BinaryCrossEntropyWithLogits,
  CrossEntropy,
  Hinge,
  Huber,
  type Loss,
  MeanAbsoluteError,
  MeanSquaredError,
  SoftmaxCrossEntropy,
} from "@gradus/losses";
import { type Random, random } from "@gradus/random";
import {
  add,
  copy,
  matmul,
  mean,
  multiply,
  type Shape,
  ShapeError,
  subtract,
  sum,
  type Tensor,
  tensor,
  zeros,
} from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { gradientCheck, lossGradientCheck } from "./mod.ts";

const exact = reference({ dtype: "float64" });

interface Gradients {
  dx: Tensor | null;
  dWeight: Tensor;
  dBias: Tensor;
}

/** Gradients to return instead of the right ones. */
type Spoil = (
  right: Gradients,
  context: { x: Tensor; dy: Tensor; weight: Tensor },
) => Partial<Gradients>;

/** `y = x · W + b`, with a backward that the test may spoil. */
class Spoilt implements Layer {
  parameters: readonly Parameter[] = [];
  readonly state: readonly State[] = [];
  #x!: Tensor;
  readonly #spoil: Spoil;

  constructor(spoil: Spoil) {
    this.#spoil = spoil;
  }

  init([inputs]: Shape, { backend, random }: InitContext): Shape {
    const values = Array.from({ length: 3 * inputs! }, () => random.normal());
    const parameter = (name: string, value: Tensor): Parameter => ({
      ...{ name, value, gradient: zeros(backend, value.shape), trainable: true },
    });
    this.parameters = [
      parameter("weight", tensor(backend, values, { shape: [inputs!, 3] })),
      parameter("bias", tensor(backend, [0.5, -0.25, 1])),
    ];
    return [3];
  }

  forward(x: Tensor): Tensor {
    this.#x = x;
    const [weight, bias] = this.parameters;
    return matmul(x, weight!.value, { bias: bias!.value });
  }

  backward(dy: Tensor): Tensor | null {
    const x = this.#x;
    const [weight, bias] = this.parameters;
    const right: Gradients = {
      dx: matmul(dy, weight!.value, { transposeB: true }),
      dWeight: matmul(x, dy, { transposeA: true }),
      dBias: sum(dy, { axes: [0] }),
    };
    const { dx, dWeight, dBias } = {
      ...right,
      ...this.#spoil(right, { x, dy, weight: weight!.value }),
    };
    copy(dWeight, { out: weight!.gradient });
    copy(dBias, { out: bias!.gradient });
    return dx;
  }
}

/** `y = x − x̄` over the batch: what is added to all rows has no effect. */
class Centred implements Layer {
  readonly parameters: readonly Parameter[] = [];
  readonly state: readonly State[] = [];
  init(inputShape: Shape): Shape {
    return inputShape;
  }
  forward(x: Tensor): Tensor {
    return subtract(x, mean(x, { axes: [0] }));
  }
  backward(dy: Tensor): Tensor {
    return subtract(dy, mean(dy, { axes: [0] }));
  }
}

/** A model with its loss behind it, `[]` as `[1]`. */
class WithLoss implements Layer {
  readonly #model: Layer;
  readonly #loss: Loss;
  readonly #target: (prediction: Tensor) => Tensor;
  #batch: { prediction: Tensor; target: Tensor } | null = null;

  constructor(model: Layer, loss: Loss, target: (prediction: Tensor) => Tensor) {
    [this.#model, this.#loss, this.#target] = [model, loss, target];
  }

  get parameters(): readonly Parameter[] {
    return this.#model.parameters;
  }
  get state(): readonly State[] {
    return this.#model.state;
  }
  init(inputShape: Shape, context: InitContext): Shape {
    this.#model.init(inputShape, context);
    return [];
  }
  forward(x: Tensor, mode?: Mode): Tensor {
    const prediction = this.#model.forward(x, mode);
    this.#batch ??= { prediction: copy(prediction), target: this.#target(prediction) };
    return this.#loss.forward(prediction, this.#batch.target).reshape([1]);
  }
  backward(dy: Tensor, options?: BackwardOptions): Tensor | null {
    return this.#model.backward(multiply(this.#loss.backward(), dy), options);
  }
  /** The first prediction and its target. */
  get batch(): { prediction: Tensor; target: Tensor } {
    return this.#batch!;
  }
}

type TargetKind = "labels" | "probabilities" | "bits" | "signs" | "numbers";

/** Each loss with its targets, and how far a prediction is from its nearest kink. */
const losses: Record<string, {
  make: () => Loss;
  targets: TargetKind[];
  end?: () => Layer;
  distance?: (prediction: number, target: number) => number;
}> = {
  "mean squared error": { make: () => new MeanSquaredError(), targets: ["numbers"] },
  "mean absolute error": {
    make: () => new MeanAbsoluteError(),
    targets: ["numbers"],
    distance: (y, target) => Math.abs(y - target),
  },
  "huber": {
    make: () => new Huber({ delta: 0.5 }),
    targets: ["numbers"],
    distance: (y, target) => Math.abs(Math.abs(y - target) - 0.5),
  },
  "hinge": {
    make: () => new Hinge(),
    targets: ["signs"],
    distance: (y, target) => Math.abs(1 - y * target),
  },
  "binary cross-entropy": {
    make: () => new BinaryCrossEntropyWithLogits(),
    targets: ["bits", "probabilities"],
  },
  "softmax cross-entropy": {
    make: () => new SoftmaxCrossEntropy(),
    targets: ["labels", "probabilities"],
  },
  "softmax cross-entropy with smoothing and weights": {
    make: () => new SoftmaxCrossEntropy({ labelSmoothing: 0.1, classWeights: [1, 2, 0.5] }),
    targets: ["labels", "probabilities"],
  },
  "cross-entropy": {
    make: () => new CrossEntropy(),
    end: () => new Softmax(),
    targets: ["labels", "probabilities"],
  },
};
const CLASSES = 3;

function makeTarget(kind: TargetKind, prediction: Tensor, stream: Random): Tensor {
  const { backend, shape } = prediction;
  const rows = shape[0]!;
  if (kind === "labels") {
    return tensor(backend, Int32Array.from({ length: rows }, () => stream.integer(CLASSES)));
  }
  const numbers = {
    probabilities: () => 0,
    bits: () => stream.integer(2),
    signs: () => 2 * stream.integer(2) - 1,
    numbers: () => stream.normal(),
  };
  const values = Float64Array.from({ length: rows * CLASSES }, numbers[kind]);
  if (kind === "probabilities") {
    for (let row = 0; row < rows; row++) {
      const p = stream.uniform();
      values.set([p / 2, 1 - p, p / 2], CLASSES * row);
    }
  }
  return tensor(backend, values, { shape });
}

/** Whether no prediction comes near a kink, as far as the stencil reaches. */
async function isFar(
  distance: (prediction: number, target: number) => number,
  prediction: Tensor,
  target: Tensor,
): Promise<boolean> {
  const [y, wanted] = await Promise.all([prediction.data(), target.data()]);
  return y.every((value, i) => distance(value, wanted[i]!) > 0.05);
}

/** Layers without a kink, as a hidden number may be near it. */
const smooth: (() => Layer)[] = [
  () => new Arctan(),
  () => new Dropout(0.3),
  () => new Gelu(),
  () => new Linear(),
  () => new Sigmoid(),
  () => new Silu(),
  () => new Softmax(),
  () => new Softplus(),
  () => new Tanh(),
];

function randomModel(stream: Random, end: Layer[]): Sequential {
  const hidden = Array.from({ length: stream.integer(3) }, () => [
    new Dense(1 + stream.integer(4), { bias: stream.integer(4) > 0 }),
    smooth[stream.integer(smooth.length)]!(),
  ]);
  return new Sequential([new Flatten(), ...hidden.flat(), new Dense(CLASSES), ...end]);
}

describe("gradientCheck()", () => {
  it("finds nothing wrong with what is right", async () => {
    const layers: Record<string, Layer> = {
      dense: new Spoilt(() => ({})),
      relu: new Relu(),
      leakyRelu: new LeakyRelu(),
      elu: new Elu({ alpha: 0.5 }),
      softmax: new Softmax(),
      dropout: new Dropout(0.5),
    };
    for (const [name, layer] of Object.entries(layers)) {
      const { worst } = await gradientCheck(layer, { inputShape: [5], batch: 3 });
      assert(worst < 1e-8, `${name}: found ${worst}`);
    }
  });

  it("finds every mistake, and says which gradient is wrong", async () => {
    const firstRows = (dy: Tensor, rows: number) =>
      multiply(dy, tensor(dy.backend, [0, 1, 2].map((row) => [row < rows ? 1 : 0])));
    const mistakes: Record<string, { spoil: Spoil; wrong: string[] }> = {
      "half of a gradient": {
        spoil: ({ dWeight }) => ({ dWeight: multiply(dWeight, 0.5) }),
        wrong: ["weight"],
      },
      "a gradient off by a millionth": {
        spoil: ({ dBias }) => ({ dBias: multiply(dBias, 1 + 1e-6) }),
        wrong: ["bias"],
      },
      "a sign": { spoil: ({ dx }) => ({ dx: multiply(dx!, -1) }), wrong: ["input"] },
      "no gradient of the bias": {
        spoil: ({ dBias }) => ({ dBias: multiply(dBias, 0) }),
        wrong: ["bias"],
      },
      "a weight that is not transposed": {
        spoil: (_, { dy, weight }) => ({ dx: matmul(dy, weight) }),
        wrong: ["input"],
      },
      "a gradient of the weight that is transposed": {
        spoil: (_, { x, dy }) => ({ dWeight: matmul(dy, x, { transposeA: true }) }),
        wrong: ["weight"],
      },
      "the mean over the batch instead of the sum": {
        spoil: ({ dWeight, dBias }) => ({
          dWeight: multiply(dWeight, 1 / 3),
          dBias: multiply(dBias, 1 / 3),
        }),
        wrong: ["weight", "bias"],
      },
      "the first row alone": {
        spoil: (_, { x, dy }) => ({
          dWeight: matmul(x, firstRows(dy, 1), { transposeA: true }),
          dBias: sum(firstRows(dy, 1), { axes: [0] }),
        }),
        wrong: ["weight", "bias"],
      },
      "all rows but the last": {
        spoil: (_, { dy, weight }) => ({
          dx: matmul(firstRows(dy, 2), weight, { transposeB: true }),
        }),
        wrong: ["input"],
      },
      "NaN": { spoil: ({ dBias }) => ({ dBias: multiply(dBias, NaN) }), wrong: ["bias"] },
    };
    for (const [name, { spoil, wrong }] of Object.entries(mistakes)) {
      const { input, parameters, worst } = await gradientCheck(new Spoilt(spoil), {
        inputShape: [3],
        batch: 3,
      });
      const errors = Object.entries({ input, ...parameters });
      const found = errors.filter(([, error]) => !(error < 1e-8)).map(([place]) => place);
      assertEquals(found, wrong, name);
      assertEquals(worst, Math.max(...errors.map(([, error]) => error)), name);
    }
  });

  it("finds a gradient that is wrong though all of its numbers are tiny", async () => {
    const { parameters } = await gradientCheck(
      new Sequential([
        new Spoilt(({ dBias }) => ({ dBias: multiply(dBias, 1.01) })),
        new Dense(2, { weightInit: constantInit(1e-6), biasInit: constantInit(1) }),
      ]),
      { inputShape: [3] },
    );
    assert(parameters["0.bias"]! > 1e-8);
    assert(parameters["0.weight"]! < 1e-8);
  });

  it("takes no offence at a gradient that is 0 but for rounding", async () => {
    const model = new Sequential([new Dense(3), new Centred()]);
    const { parameters, worst } = await gradientCheck(model, { inputShape: [4], batch: 5 });
    assert(worst < 1e-8, `found ${worst}`);
    assert(parameters["0.bias"]! > 0, "the gradient of the bias is not quite 0");
  });

  it("holds the mask of dropout, and finds a backward with another one", async () => {
    const right = await gradientCheck(new Dropout(0.5), { inputShape: [20] });
    assert(right.worst < 1e-8);
    const dropout = new Dropout(0.5);
    const { backward } = dropout;
    dropout.backward = (dy) => {
      dropout.forward(dy, "train");
      return backward.call(dropout, dy);
    };
    const wrong = await gradientCheck(dropout, { inputShape: [20] });
    assert(wrong.input > 0.1);
    assertEquals(wrong.parameters, {});
  });

  it("leaves out what is frozen", async () => {
    const layer = new Spoilt(({ dBias }) => ({ dBias: multiply(dBias, 7) }));
    const { init } = layer;
    layer.init = (...context) => {
      const shape = init.apply(layer, context);
      layer.parameters[1]!.trainable = false;
      return shape;
    };
    const errors = await gradientCheck(layer, { inputShape: [3] });
    assertEquals(Object.keys(errors.parameters), ["weight"]);
    assert(errors.worst < 1e-8);
  });

  it("stays away from kinks and ties, whatever the count of numbers", async () => {
    for (const batch of [1, 2, 3]) {
      for (const inputShape of [[1], [3], [4, 2], [101]]) {
        const { worst } = await gradientCheck(new Relu(), { inputShape, batch });
        assert(worst < 1e-8, `found ${worst} for ${batch} of [${inputShape}]`);
      }
    }
  });

  it("takes an input, a stream and a step of the caller's", async () => {
    const at = (options: object) => gradientCheck(new Tanh(), { inputShape: [2], ...options });
    const coarse = await at({ step: 0.1, input: [0.5, -1, 2, 0] });
    assert(coarse.worst > 1e-8 && coarse.worst < 1e-3, `found ${coarse.worst}`);
    assertEquals(await at({ random: random(1) }), await at({ random: random(1) }));
    assert((await at({ random: random(1) })).worst !== (await at({})).worst);
    // At a kink of relu, slopes are of neither side.
    const kink = await gradientCheck(new Relu(), { inputShape: [1], batch: 1, input: [0] });
    assertEquals(kink.input, 1);
  });

  it("gives the same errors each time", async () => {
    const check = () => gradientCheck(new Dense(3), { inputShape: [4] });
    assertEquals(await check(), await check());
  });

  it("refuses options that are none before it touches the layer", async () => {
    const layer = new Dense(2);
    for (const batch of [0, -1, 1.5, NaN]) {
      await assertRejects(
        () => gradientCheck(layer, { inputShape: [3], batch }),
        RangeError,
        `Cannot check gradients as batch must be a whole number of at least 1: found ${batch}`,
      );
    }
    for (const step of [0, -1e-3, NaN, Infinity]) {
      await assertRejects(
        () => gradientCheck(layer, { inputShape: [3], step }),
        RangeError,
        `Cannot check gradients as step must be a finite number above 0: found ${step}`,
      );
    }
    await assertRejects(
      () => gradientCheck(layer, { inputShape: [3], input: [1, 2, 3] }),
      ShapeError,
      "Cannot fill [2, 3] as there must be 6 numbers: found 3",
    );
    assertEquals(layer.parameters, []);
  });

  it("refuses gradients of another shape, or none", async () => {
    const check = (spoil: Spoil) => gradientCheck(new Spoilt(spoil), { inputShape: [2] });
    await assertRejects(
      () => check(() => ({ dx: null })),
      TypeError,
      "Cannot check gradients as backward must return that of the input: found null",
    );
    await assertRejects(
      () => check(({ dx }) => ({ dx: dx!.reshape([4]) })),
      ShapeError,
      "Cannot check gradients as that of the input must be [2, 2]: found [4]",
    );
  });

  for (const [name, { make, targets, end, distance }] of Object.entries(losses)) {
    it(`holds for small random models with ${name}`, async () => {
      await fc.assert(
        fc.asyncProperty(fc.nat(), fc.constantFrom(...targets), async (seed, kind) => {
          const stream = random(seed);
          const model = randomModel(stream, end === undefined ? [] : [end()]);
          const layer = new WithLoss(
            model,
            make(),
            (prediction) => makeTarget(kind, prediction, stream),
          );
          const options = {
            inputShape: [1 + stream.integer(4)],
            batch: 1 + stream.integer(3),
            random: stream.split(),
          };
          const { worst } = await gradientCheck(layer, options);
          if (distance !== undefined) {
            const { prediction, target } = layer.batch;
            const [y, wanted] = await Promise.all([prediction.data(), target.data()]);
            fc.pre(y.every((value, i) => distance(value, wanted[i]!) > 0.05));
          }
          assert(worst < 1e-8, `found ${worst}`);
        }),
        { numRuns: 25 },
      );
    });
  }
});

describe("lossGradientCheck()", () => {
  it("finds nothing wrong with the losses, and leaves the prediction", async () => {
    for (const [name, { make, targets, distance }] of Object.entries(losses)) {
      for (const kind of targets) {
        await fc.assert(
          fc.asyncProperty(fc.nat(), async (seed) => {
            const stream = random(seed);
            const values = Float64Array.from(
              { length: 4 * CLASSES },
              () => stream.uniform(0.1, 0.9),
            );
            const prediction = tensor(exact, values, { shape: [4, CLASSES] });
            const target = makeTarget(kind, prediction, stream);
            if (distance !== undefined) fc.pre(await isFar(distance, prediction, target));
            const error = await lossGradientCheck(make(), { prediction, target });
            assert(error < 1e-8, `${name} of ${kind}: found ${error}`);
            assertEquals(await prediction.data(), values);
          }),
          { numRuns: 10 },
        );
      }
    }
  });

  it("finds a backward that is wrong", async () => {
    const prediction = tensor(exact, [[0.3, -0.7]]);
    const target = tensor(exact, [[1, 0]]);
    const spoilt = (spoil: (gradient: Tensor) => Tensor): Loss => {
      const loss = new MeanSquaredError();
      const { backward } = loss;
      return Object.assign(loss, { backward: () => spoil(backward.call(loss)) });
    };
    const check = (spoil: (gradient: Tensor) => Tensor) =>
      lossGradientCheck(spoilt(spoil), { prediction, target });
    assert(await check((gradient) => gradient) < 1e-8);
    assert(await check((gradient) => multiply(gradient, 2)) > 0.3);
    assert(await check((gradient) => add(gradient, 1e-6)) > 1e-8);
    await assertRejects(
      () => check((gradient) => gradient.reshape([2])),
      ShapeError,
      "Cannot check gradients as that of the prediction must be [1, 2]: found [2]",
    );
  });

  it("refuses options that are none", async () => {
    const operands = (backend = exact) => ({
      prediction: tensor(backend, [[0.3]]),
      target: tensor(backend, [[1]]),
    });
    await assertRejects(
      () => lossGradientCheck(new MeanSquaredError(), operands(reference())),
      TypeError,
      "Cannot check gradients as numbers must be float64: found float32",
    );
    for (const step of [0, -1e-3, NaN, Infinity]) {
      await assertRejects(
        () => lossGradientCheck(new MeanSquaredError(), { ...operands(), step }),
        RangeError,
        `Cannot check gradients as step must be a finite number above 0: found ${step}`,
      );
    }
  });
});
