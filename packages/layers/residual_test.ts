import { random } from "@gradus/random";
import { ShapeError, tensor, zeros } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { assertEquals, assertNotEquals, assertStrictEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { assertThrowsExactly } from "./_assert_throws_exactly_test.ts";
import { recordKernels } from "./_record_kernels_test.ts";
import { BatchNorm } from "./batch_norm.ts";
import { Conv2d } from "./conv2d.ts";
import { Dense } from "./dense.ts";
import { Dropout } from "./dropout.ts";
import type { Layer } from "./layer.ts";
import { Linear } from "./linear.ts";
import { Relu } from "./relu.ts";
import { Residual } from "./residual.ts";
import { Sequential } from "./sequential.ts";

function start<L extends Layer>(layer: L, inputShape: readonly number[] = [2]) {
  const backend = reference();
  const outputShape = layer.init(inputShape, { backend, random: random(0) });
  return { backend, layer, outputShape };
}

describe("Residual", () => {
  it("adds its input to the branch, and both gradients", async () => {
    const { backend, layer } = start(new Residual(new Relu()));
    const y = layer.forward(tensor(backend, [[3, -3]]));
    assertEquals([...await y.data()], [6, -3]);
    const dx = layer.backward(tensor(backend, [[1, 10]]))!;
    assertEquals([...await dx.data()], [2, 10]);
  });

  it("adds a shortcut to the branch, and both gradients", async () => {
    const shortcut = [new Dense(1, { bias: false })];
    const { backend, layer, outputShape } = start(new Residual(new Dense(1), { shortcut }));
    assertEquals(outputShape, [1]);
    const names = layer.parameters.map(({ name }) => name);
    assertEquals(names, ["branch.weight", "branch.bias", "shortcut.0.weight"]);
    layer.parameters[0]!.value.set([[1], [2]]);
    layer.parameters[2]!.value.set([[10], [20]]);
    const y = layer.forward(tensor(backend, [[1, 1], [1, 2]]));
    assertEquals([...await y.data()], [33, 55]);
    const dx = layer.backward(tensor(backend, [[1], [2]]))!;
    assertEquals([...await dx.data()], [11, 22, 22, 44]);
    const gradients = await Promise.all(layer.parameters.map(({ gradient }) => gradient.data()));
    assertEquals(gradients.map((gradient) => [...gradient]), [[3, 5], [3], [3, 5]]);
  });

  it("adds in memory of its own what is the input itself", async () => {
    const { backend, layer } = start(new Residual(new Linear()));
    const x = tensor(backend, [[1, 2]]);
    const y = layer.forward(x);
    const dx = layer.backward(x)!;
    assertEquals([...await x.data()], [1, 2]);
    assertEquals([[...await y.data()], [...await dx.data()]], [[2, 4], [2, 4]]);
  });

  it("names parameters and states by their path in a model", () => {
    const block = new Residual(
      [new Conv2d(2, { kernel: 3, padding: "same", bias: false }), new BatchNorm()],
      { shortcut: [new Conv2d(2, { kernel: 1 }), new Dropout(0.5)] },
    );
    const { layer } = start(new Sequential([new Relu(), block]), [4, 4, 1]);
    assertEquals(layer.parameters.map(({ name }) => name), [
      "1.branch.0.weight",
      "1.branch.1.scale",
      "1.branch.1.shift",
      "1.shortcut.0.weight",
      "1.shortcut.0.bias",
    ]);
    assertEquals(layer.state.map(({ name }) => name), [
      "1.branch.1.runningMean",
      "1.branch.1.runningVariance",
      "1.shortcut.1.key",
      "1.shortcut.1.step",
    ]);
    layer.parameters[0]!.trainable = false;
    assertEquals((block.branch as Sequential).parameters[0]!.trainable, false);
  });

  it("draws branch and shortcut from streams of their own", async () => {
    const { layer } = start(new Residual(new Dense(2), { shortcut: new Dense(2) }));
    const [branch, , shortcut] = layer.parameters;
    assertNotEquals(await branch!.value.data(), await shortcut!.value.data());
  });

  it("runs both in the same mode", async () => {
    const { backend, layer } = start(
      new Residual(new Dropout(0.9), { shortcut: new Dropout(0.9) }),
      [100],
    );
    const x = tensor(backend, new Float32Array(100).fill(1), { shape: [1, 100] });
    assertEquals(await layer.forward(x, "eval").data(), new Float32Array(100).fill(2));
    assertNotEquals(await layer.forward(x).data(), new Float32Array(100).fill(2));
  });

  it("computes no input gradient that is not wanted, on either way", () => {
    const { backend, layer } = start(new Residual([new Dense(2)], { shortcut: new Dense(2) }));
    const kernels = recordKernels(backend);
    layer.forward(zeros(backend, [1, 2]));
    kernels.length = 0;
    assertStrictEquals(layer.backward(zeros(backend, [1, 2]), { inputGradient: false }), null);
    assertEquals(kernels, ["matmul", "reduce", "matmul", "reduce"]);
  });

  it("refuses shapes that cannot be added", () => {
    assertThrowsExactly(
      () => start(new Residual(new Dense(3))),
      ShapeError,
      "Cannot initialise residual as branch and input must have one shape: found [3] and [2]",
    );
    assertThrowsExactly(
      () => start(new Residual(new Dense(3), { shortcut: new Dense(4) })),
      ShapeError,
      "Cannot initialise residual as branch and shortcut must have one shape: found [3] and [4]",
    );
  });

  it("tells by its path which layer refuses a shape", () => {
    const message =
      "Cannot initialise dense as inputs must have one axis, which Flatten makes: found [2, 2]";
    assertThrowsExactly(
      () => start(new Residual(new Dense(2)), [2, 2]),
      ShapeError,
      `${message} (layer branch of the model)`,
    );
    const block = new Residual(new Relu(), { shortcut: [new Relu(), new Dense(2)] });
    assertThrowsExactly(
      () => start(new Sequential([new Relu(), new Sequential([block])]), [2, 2]),
      ShapeError,
      `${message} (layer 1.0.shortcut.1 of the model)`,
    );
  });

  it("refuses a layer that is there twice, and lists without a layer", () => {
    const relu = new Relu();
    assertThrowsExactly(
      () => start(new Residual(relu, { shortcut: relu })),
      Error,
      "Cannot initialise relu as a layer must be initialised once: it is, for inputs of [2]",
    );
    assertThrowsExactly(
      () => new Residual([relu, relu]),
      Error,
      "Cannot make a model as each layer must be an instance of its own: found one at 0 and at 1",
    );
    assertThrowsExactly(
      () => new Residual(relu, { shortcut: [] }),
      RangeError,
      "Cannot make a model as it must have at least one layer: found none",
    );
  });

  it("refuses a layer that returns no input gradient where it is wanted", () => {
    for (const lazy of ["branch", "shortcut"] as const) {
      const { backend, layer } = start(new Residual(new Relu(), { shortcut: new Linear() }));
      layer[lazy]!.backward = () => null;
      layer.forward(zeros(backend, [1, 2]));
      assertThrowsExactly(
        () => layer.backward(zeros(backend, [1, 2])),
        Error,
        `Cannot run residual backward as each layer must return its input gradient where it is wanted: found null at ${lazy}`,
      );
    }
  });

  it("writes itself as JSON, and refuses to with a layer that does not", () => {
    assertEquals(new Residual(new Relu()).toJSON(), {
      type: "residual",
      branch: { type: "relu" },
      shortcut: null,
    });
    const foreign: Layer = Object.assign(new Relu(), { toJSON: undefined });
    assertThrowsExactly(
      () => new Residual(new Relu(), { shortcut: foreign }).toJSON(),
      TypeError,
      "Cannot write a model as JSON as each layer must have toJSON: found none at shortcut",
    );
  });
});
