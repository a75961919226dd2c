import { random } from "@gradus/random";
import { ShapeError, type Tensor, tensor, zeros } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { assertThrowsExactly } from "./_assert_throws_exactly_test.ts";
import { recordKernels } from "./_record_kernels_test.ts";
import { Dense } from "./dense.ts";
import { Dropout } from "./dropout.ts";
import { Flatten } from "./flatten.ts";
import type { Layer } from "./layer.ts";
import { zerosInit } from "./initializers/constant.ts";
import { normalInit } from "./initializers/distribution.ts";
import { Linear } from "./linear.ts";
import { Relu } from "./relu.ts";
import { Sequential } from "./sequential.ts";
import { Tanh } from "./tanh.ts";

function start(layers: readonly Layer[], inputShape: readonly number[] = [3]) {
  const backend = reference();
  const model = new Sequential(layers);
  model.init(inputShape, { backend, random: random(0) });
  return { backend, model };
}

/** Three layers that learn, with two between them that do not. */
const threeDense = () => [new Dense(4), new Tanh(), new Dense(5), new Tanh(), new Dense(2)];

function freeze(model: Sequential, places: readonly number[]): void {
  for (const parameter of model.parameters) {
    parameter.trainable = !places.includes(parseInt(parameter.name));
  }
}

describe("Sequential", () => {
  it("runs layers first to last, and back", async () => {
    const { backend, model } = start([new Dense(2), new Relu(), new Dense(1)], [1]);
    const [w0, b0, w2, b2] = model.parameters.map(({ value }) => value) as [
      Tensor,
      Tensor,
      Tensor,
      Tensor,
    ];
    w0.set([[1, -1]]);
    b0.set([1, 1]);
    w2.set([[10], [100]]);
    b2.set([7]);
    // At 2, the hidden numbers are relu(3) and relu(-1).
    assertEquals(await model.forward(tensor(backend, [[2]])).item(), 37);
    assertEquals(await model.backward(tensor(backend, [[2]]))!.item(), 20);
    const gradients = await Promise.all(model.parameters.map(({ gradient }) => gradient.data()));
    assertEquals(gradients.map((gradient) => [...gradient]), [[40, 0], [20, 0], [6, 0], [2]]);
  });

  it("names parameters and states by the path of their layer", () => {
    const { model } = start([
      new Dense(4),
      new Dropout(0.1),
      new Sequential([new Relu(), new Sequential([new Dense(2, { bias: false }), new Dropout(0)])]),
    ]);
    assertEquals(model.parameters.map(({ name }) => name), ["0.weight", "0.bias", "2.1.0.weight"]);
    assertEquals(model.state.map(({ name }) => name), [
      "1.key",
      "1.step",
      "2.1.1.key",
      "2.1.1.step",
    ]);
  });

  it("shares parameters and states with its layers, in both directions", () => {
    const dense = new Dense(2);
    const dropout = new Dropout(0.5);
    const { model } = start([new Sequential([dense, dropout])]);
    assertStrictEquals(model.parameters[0]!.value, dense.parameters[0]!.value);
    assertStrictEquals(model.parameters[1]!.gradient, dense.parameters[1]!.gradient);
    model.parameters[0]!.trainable = false;
    assertEquals(dense.parameters.map(({ trainable }) => trainable), [false, true]);
    dense.parameters[0]!.trainable = true;
    assertEquals(model.parameters[0]!.trainable, true);
    model.state[1]!.value = 41;
    assertEquals(dropout.state[1]!.value, 41);
    dropout.state[1]!.value = 42;
    assertEquals(model.state[1]!.value, 42);
  });

  it("tells the shapes between its layers, and none before init()", () => {
    const { model } = start([new Dense(2), new Relu(), new Dense(1)]);
    assertEquals([model.inputShape, model.outputShapes], [[3], [[2], [2], [1]]]);
    const fresh = new Sequential([new Relu()]);
    assertEquals([fresh.inputShape, fresh.outputShapes], [[], []]);
  });

  it("has neither parameters nor states before init()", () => {
    const model = new Sequential([new Dense(2), new Dropout(0.5)]);
    assertEquals([model.parameters, model.state], [[], []]);
  });

  it("draws from a stream of its own for each layer", async () => {
    const bias = (units: number) => {
      const { model } = start([
        new Dense(units),
        new Dense(2, { weightInit: zerosInit(), biasInit: normalInit() }),
      ]);
      return model.parameters.at(-1)!.value.data();
    };
    assertEquals(await bias(4), await bias(9));
  });

  it("goes back no further than the lowest layer that learns", () => {
    const { backend, model } = start(threeDense());
    const [x, dy] = [zeros(backend, [2, 3]), zeros(backend, [2, 2])];
    const kernels = recordKernels(backend);
    const run = (frozen: readonly number[], inputGradient: boolean) => {
      freeze(model, frozen);
      model.forward(x);
      kernels.length = 0;
      const dx = model.backward(dy, { inputGradient });
      assertEquals(dx === null, !inputGradient);
      return kernels.join(" ");
    };
    const [both, input, tanh] = ["matmul reduce", "matmul", "unaryGradient"];
    assertEquals(run([], true), [both, input, tanh, both, input, tanh, both, input].join(" "));
    assertEquals(run([], false), [both, input, tanh, both, input, tanh, both].join(" "));
    assertEquals(run([0], false), [both, input, tanh, both].join(" "));
    assertEquals(run([0, 2], false), both);
    assertEquals(run([0, 2, 4], false), "");
    assertEquals(run([2, 4], false), [input, tanh, input, tanh, both].join(" "));
    assertEquals(run([0, 2, 4], true), [input, tanh, input, tanh, input].join(" "));
  });

  it("goes back no further inside of a model that is a layer", () => {
    const { backend, model } = start([new Sequential([new Dense(4), new Relu(), new Dense(2)])]);
    const kernels = recordKernels(backend);
    model.parameters[0]!.trainable = false;
    model.parameters[1]!.trainable = false;
    model.forward(zeros(backend, [2, 3]));
    kernels.length = 0;
    assertStrictEquals(model.backward(zeros(backend, [2, 2]), { inputGradient: false }), null);
    assertEquals(kernels, ["matmul", "reduce"]);
  });

  it("returns no input gradient that is not wanted, even if a layer does", () => {
    const eager = new Dense(2);
    const backward = eager.backward.bind(eager);
    eager.backward = (dy) => backward(dy);
    const { backend, model } = start([eager]);
    model.forward(zeros(backend, [1, 3]));
    assertStrictEquals(model.backward(zeros(backend, [1, 2]), { inputGradient: false }), null);
  });

  it("refuses a layer that returns no input gradient where it is wanted", () => {
    const lazy = new Linear();
    lazy.backward = () => null;
    const { backend, model } = start([new Dense(3), lazy, new Relu()]);
    model.forward(zeros(backend, [1, 3]));
    assertThrowsExactly(
      () => model.backward(zeros(backend, [1, 3]), { inputGradient: false }),
      Error,
      "Cannot run a model backward as each layer must return its input gradient where it is wanted: found null at 1",
    );
  });

  it("predicts the same in one batch, in several, and in batches that do not divide", async () => {
    const { backend, model } = start([new Dense(4), new Dropout(0.5), new Relu(), new Dense(2)]);
    const x = tensor(backend, Float32Array.from({ length: 21 }, (_, i) => Math.sin(i)), {
      shape: [7, 3],
    });
    const whole = model.predict(x);
    assertEquals(whole.shape, [7, 2]);
    for (const batchSize of [1, 2, 3, 6, 7, 100]) {
      const parts = model.predict(x, { batchSize });
      assertEquals(parts.shape, [7, 2]);
      assertEquals(await parts.data(), await whole.data());
    }
    assertEquals(await model.forward(x, "eval").data(), await whole.data());
  });

  it("predicts into a tensor of the caller's own", async () => {
    const { backend, model } = start([new Flatten()], [2]);
    const x = tensor(backend, [[1, 2], [3, 4], [5, 6]]);
    for (const batchSize of [2, 3]) {
      const y = model.predict(x, { batchSize });
      x.set([[9, 9], [9, 9], [9, 9]]);
      assertEquals([...await y.data()], [1, 2, 3, 4, 5, 6]);
      y.dispose();
      await assertRejects(async () => await y.data(), Error, "Cannot use a tensor of shape [3, 2]");
      x.set([[1, 2], [3, 4], [5, 6]]);
    }
  });

  it("predicts without leaving memory behind, except for the prediction", () => {
    const { backend, model } = start([new Dense(2)]);
    const x = zeros(backend, [5, 3]);
    model.predict(x, { batchSize: 2 }).dispose();
    const { storages, sizeBytes } = backend.memory;
    model.predict(x, { batchSize: 2 }).dispose();
    assertEquals([backend.memory.storages, backend.memory.sizeBytes], [storages, sizeBytes]);
  });

  it("refuses to predict in batches of no whole number of at least 1", () => {
    const { backend, model } = start([new Dense(2)]);
    for (const batchSize of [0, -1, 1.5, NaN, Infinity]) {
      assertThrowsExactly(
        () => model.predict(zeros(backend, [5, 3]), { batchSize }),
        RangeError,
        `Cannot predict as the batch size must be a whole number of at least 1: found ${batchSize}`,
      );
    }
  });

  it("refuses to predict of another shape, in one batch or in several", () => {
    const { backend, model } = start([new Dense(2)]);
    for (const batchSize of [2, 10]) {
      assertThrowsExactly(
        () => model.predict(zeros(backend, [5, 4]), { batchSize }),
        ShapeError,
        `Cannot run dense forward as inputs must be float32 [batch, 3]: found float32 [${
          Math.min(batchSize, 5)
        }, 4]`,
      );
    }
    assertThrowsExactly(
      () => model.predict(zeros(backend, [])),
      ShapeError,
      "Cannot run dense forward as inputs must be float32 [batch, 3]: found float32 []",
    );
  });

  it("refuses a model without layers", () => {
    assertThrowsExactly(
      () => new Sequential([]),
      RangeError,
      "Cannot make a model as it must have at least one layer: found none",
    );
  });

  it("refuses a layer that is there twice, at any depth", () => {
    const relu = new Relu();
    assertThrowsExactly(
      () => new Sequential([relu, new Dense(2), relu]),
      Error,
      "Cannot make a model as each layer must be an instance of its own: found one at 0 and at 2",
    );
    assertThrowsExactly(
      () => start([relu, new Sequential([relu])]),
      Error,
      "Cannot initialise relu as a layer must be initialised once: it is, for inputs of [3]",
    );
  });

  it("keeps its own list of layers", () => {
    const layers = [new Relu(), new Tanh()];
    const model = new Sequential(layers);
    layers.pop();
    assertEquals(model.layers.length, 2);
  });

  it("names the layer whose input has the wrong shape", () => {
    assertThrowsExactly(
      () => start([new Relu(), new Dense(2)], [28, 28]),
      ShapeError,
      "Cannot initialise dense as inputs must have one axis, which Flatten makes: found [28, 28] (layer 1 of the model)",
    );
  });

  it("hands on other errors of layers as they are", () => {
    const broken = new RangeError("broken");
    const weightInit = () => {
      throw broken;
    };
    assertThrowsExactly(() => start([new Dense(2, { weightInit })]), RangeError, "broken");
  });

  it("writes itself as JSON, and refuses to with a layer that does not", () => {
    assertEquals(new Sequential([new Dense(2), new Relu()]).toJSON(), {
      type: "sequential",
      layers: [{ type: "dense", units: 2, bias: true }, { type: "relu" }],
    });
    const foreign: Layer = Object.assign(new Relu(), { toJSON: undefined });
    assertThrowsExactly(
      () => new Sequential([new Dense(2), foreign]).toJSON(),
      TypeError,
      "Cannot write a model as JSON as each layer must have toJSON: found none at 1",
    );
  });
});
