import { random } from "@gradus/random";
import { ShapeError, tensor } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { assertThrowsExactly } from "./_assert_throws_exactly_test.ts";
import { recordKernels } from "./_record_kernels_test.ts";
import { Dense, type DenseOptions } from "./dense.ts";
import { constantInit } from "./initializers/constant.ts";
import { diracInit } from "./initializers/identity.ts";

function start(units: number, options?: DenseOptions) {
  const backend = reference();
  const dense = new Dense(units, options);
  dense.init([3], { backend, random: random(0) });
  return { backend, dense };
}

describe("Dense", () => {
  it("is a matrix product and a bias", async () => {
    const { backend, dense } = start(2);
    const [weight, bias] = dense.parameters;
    weight!.value.set([[1, 4], [2, 5], [3, 6]]);
    bias!.value.set([10, -10]);
    const y = dense.forward(tensor(backend, [[1, 0, -1], [1, 1, 1]]));
    assertEquals([...await y.data()], [8, -12, 16, 5]);
    const dx = dense.backward(tensor(backend, [[1, 2], [0, -1]]))!;
    assertEquals([...await dx.data()], [9, 12, 15, -4, -5, -6]);
    assertEquals([...await weight!.gradient.data()], [1, 1, 0, -1, -1, -3]);
    assertEquals([...await bias!.gradient.data()], [1, 1]);
  });

  it("has a weight of xavier's bounds and a bias of zeros unless told otherwise", async () => {
    const { dense } = start(5);
    assertEquals(dense.parameters.map(({ name, value }) => [name, value.shape]), [
      ["weight", [3, 5]],
      ["bias", [5]],
    ]);
    const [weight, bias] = await Promise.all(dense.parameters.map(({ value }) => value.data()));
    const bound = Math.sqrt(6 / (3 + 5));
    assert(weight!.every((value) => Math.abs(value) <= bound));
    assert(weight!.some((value) => Math.abs(value) > bound / 2));
    assertEquals(bias, new Float32Array(5));
  });

  it("takes other initialisers", async () => {
    const { dense } = start(2, { weightInit: constantInit(3), biasInit: constantInit(4) });
    const values = await Promise.all(dense.parameters.map(({ value }) => value.data()));
    assertEquals(values, [new Float32Array(6).fill(3), new Float32Array(2).fill(4)]);
  });

  it("starts from the same weights with the same seed alone", async () => {
    const weights = (seed: number) => {
      const dense = new Dense(4);
      dense.init([4], { backend: reference(), random: random(seed) });
      return dense.parameters[0]!.value.data();
    };
    assertEquals(await weights(1), await weights(1));
    assertNotEquals(await weights(1), await weights(2));
  });

  it("goes without a bias", async () => {
    const { backend, dense } = start(1, { bias: false });
    assertEquals(dense.parameters.map(({ name }) => name), ["weight"]);
    dense.parameters[0]!.value.set([[1], [2], [3]]);
    assertEquals([...await dense.forward(tensor(backend, [[1, 1, 1]])).data()], [6]);
    assertEquals([...await dense.backward(tensor(backend, [[2]]))!.data()], [2, 4, 6]);
  });

  it("runs a gradient kernel for each parameter that is not frozen", () => {
    const { backend, dense } = start(2);
    const [x, dy] = [tensor(backend, [[1, 2, 3]]), tensor(backend, [[1, 2]])];
    const kernels = recordKernels(backend);
    const run = (trainable: readonly [weight: boolean, bias: boolean], inputGradient: boolean) => {
      dense.parameters.forEach((parameter, i) => parameter.trainable = trainable[i]!);
      dense.forward(x);
      kernels.length = 0;
      dense.backward(dy, { inputGradient });
      return [...kernels];
    };
    assertEquals(run([true, true], true), ["matmul", "reduce", "matmul"]);
    assertEquals(run([true, false], false), ["matmul"]);
    assertEquals(run([false, true], false), ["reduce"]);
    assertEquals(run([false, false], true), ["matmul"]);
  });

  it("refuses units that are no whole number of at least 1", () => {
    for (const units of [0, -1, 1.5, NaN, Infinity]) {
      assertThrowsExactly(
        () => new Dense(units),
        RangeError,
        `Cannot make a dense layer as units must be a whole number of at least 1: found ${units}`,
      );
    }
  });

  it("refuses a bias that is neither true nor false, as a file may have it", () => {
    assertThrowsExactly(
      () => new Dense(1, JSON.parse('{ "bias": "false" }')),
      TypeError,
      "Cannot make a dense layer as bias must be true or false: found false",
    );
  });

  it("refuses inputs that are not rows", () => {
    for (const [shape, found] of [[[], "[]"], [[28, 28], "[28, 28]"]] as const) {
      assertThrowsExactly(
        () => new Dense(1).init(shape, { backend: reference(), random: random(0) }),
        ShapeError,
        `Cannot initialise dense as inputs must have one axis, which Flatten makes: found ${found}`,
      );
    }
  });

  it("is not initialised by an initialiser that refuses", () => {
    const dense = new Dense(2, { weightInit: diracInit() });
    const context = { backend: reference(), random: random(0) };
    assertThrowsExactly(
      () => dense.init([3], context),
      ShapeError,
      "Cannot initialise as dirac as a kernel must have four axes: found [3, 2]",
    );
    assertEquals(dense.parameters, []);
    assertThrowsExactly(
      () => dense.forward(tensor(context.backend, [[1, 2, 3]])),
      Error,
      "Cannot run dense forward as it must be initialised: call init first",
    );
  });
});
