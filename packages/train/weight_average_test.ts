import { Dense, type Layer, Relu, Sequential, type State } from "@gradus/layers";
import { random } from "@gradus/random";
import { type Tensor, tensor } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import {
  assertAlmostEquals,
  assertEquals,
  assertNotEquals,
  assertStrictEquals,
  assertThrows,
} from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { encodeModel, WeightAverage, type WeightAverageOptions } from "./mod.ts";

const backend = reference({ dtype: "float64" });

function setUp(options: WeightAverageOptions) {
  const model = new Dense(1, { bias: false });
  model.init([1], { backend, random: random(0) });
  const weight = model.parameters[0]!.value;
  weight.set([[1]]);
  const average = new WeightAverage(model, options);
  /** Moves the weight to each value in turn, and gives model and average after each. */
  const follow = async (values: number[]) => {
    const seen: [number, number][] = [];
    for (const value of values) {
      weight.set([[value]]);
      average.update();
      seen.push([await weight.item(), await average.averages[0]!.value.item()]);
    }
    return seen;
  };
  return { model, weight, average, follow };
}

describe("WeightAverage", () => {
  it("follows the model, which it leaves alone", async () => {
    const { follow } = setUp({ decay: 0.75 });
    assertEquals(await follow([5, 6, 3]), [[5, 2], [6, 3], [3, 3]]);
  });

  it("is updated every so many steps", async () => {
    const { follow } = setUp({ decay: 0.5, every: 3 });
    assertEquals((await follow([5, 5, 5, 9, 9, 9])).map(([, average]) => average), [
      ...[1, 1, 3, 3, 3, 6],
    ]);
  });

  it("takes the model along, where it looks ahead", async () => {
    const { follow } = setUp({ decay: 0.5, every: 2, lookahead: true });
    assertEquals(await follow([5, 7, 8, 10]), [[5, 1], [4, 4], [8, 4], [7, 7]]);
  });

  it("has a decay that may depend on the step", async () => {
    const steps: number[] = [];
    const decay = (step: number) => {
      steps.push(step);
      return 1 - 1 / step;
    };
    const { follow } = setUp({ decay });
    const averages = (await follow([3, 5, 1])).map(([, average]) => average);
    assertEquals(steps, [1, 2, 3]);
    [3, 4, 3].forEach((mean, i) => assertAlmostEquals(averages[i]!, mean, 1e-15));
  });

  it("has a decay that may grow with the steps", async () => {
    // 0.125, 0.5, and 0.5 from then on.
    const { follow } = setUp({ decay: { limit: 0.5, steps: 2, power: 2 } });
    assertEquals((await follow([9, 4, 2])).map(([, average]) => average), [8, 6, 4]);
    const { follow: steady } = setUp({ decay: { limit: 0.5, steps: 9, power: 0 } });
    assertEquals((await steady([3, 4])).map(([, average]) => average), [2, 3]);
  });

  it("stays the model's to the last bit where the model does not move", async () => {
    const model = new Sequential([new Dense(4), new Relu(), new Dense(3)]);
    model.init([2], { backend: reference(), random: random(0) });
    const before = await encodeModel(model);
    const average = new WeightAverage(model, { decay: 0.9, lookahead: true });
    for (let step = 0; step < 20; step++) average.update();
    assertEquals(await encodeModel(model), before);
  });

  it("swaps contents, of states too, and keeps the tensors", async () => {
    const { model, weight } = setUp({ decay: 0.5 });
    const mean: State = { name: "mean", value: tensor(backend, [0, 0, 0]) };
    const count: State = { name: "count", value: tensor(backend, new Int32Array([4])) };
    const step: State = { name: "step", value: 9 };
    const withState: Layer = Object.create(model, { state: { value: [mean, count, step] } });
    const average = new WeightAverage(withState, { decay: 0.5 });
    assertEquals(average.averages.map(({ name }) => name), ["weight", "mean"]);
    weight.set([[3]]);
    (mean.value as Tensor).set([2, 4, 6]);
    average.update();
    const read = async () => [
      ...await weight.data(),
      ...await (mean.value as Tensor).data(),
      ...await (count.value as Tensor).data(),
      step.value,
    ];
    average.swap();
    assertEquals(await read(), [2, 1, 2, 3, 4, 9]);
    assertStrictEquals(model.parameters[0]!.value, weight);
    average.swap();
    assertEquals(await read(), [3, 2, 4, 6, 4, 9]);
    average.swap();
    assertEquals(await read(), [2, 1, 2, 3, 4, 9]);
  });

  it("sets the model to the average, and goes on from there", async () => {
    const { average, weight, follow } = setUp({ decay: 0.75 });
    await follow([5]);
    average.apply();
    assertEquals([await weight.item(), await average.averages[0]!.value.item()], [2, 2]);
    assertEquals(await follow([6]), [[6, 3]]);
    average.swap();
    assertThrows(
      () => average.apply(),
      Error,
      "Cannot apply averaged weights as the model must hold its own: found them swapped",
    );
  });

  it("allocates when it is made, and gives all of it back", () => {
    const model = new Dense(3);
    model.init([2], { backend, random: random(0) });
    const { storages } = backend.memory;
    const average = new WeightAverage(model, { decay: 0.5 });
    const { allocations } = backend.memory;
    average.update();
    average.swap();
    assertEquals(backend.memory.allocations, allocations);
    average.dispose();
    average[Symbol.dispose]();
    assertEquals(backend.memory.storages, storages);
  });

  it("goes on from what it saved", async () => {
    const [whole, resumed] = [0, 1].map(() => setUp({ decay: 0.5, every: 3 }));
    await whole!.follow([5, 5, 5, 9]);
    resumed!.average.restore(JSON.parse(JSON.stringify(whole!.average.save())));
    resumed!.average.averages[0]!.value.set(await whole!.average.averages[0]!.value.data());
    assertEquals(await resumed!.follow([9, 7]), await whole!.follow([9, 7]));
    assertEquals(resumed!.average.save(), { steps: 6 });
    for (const state of [null, {}, { steps: -1 }, { steps: 0.5 }, { steps: "1" }]) {
      assertThrows(
        () => resumed!.average.restore(state as never),
        TypeError,
        `Cannot restore averaged weights as steps must be a whole number of at least 0: found ${
          JSON.stringify(state)
        }`,
      );
      assertEquals(resumed!.average.save(), { steps: 6 });
    }
  });

  it("refuses to average, save or restore while its contents are the model's", () => {
    const { average } = setUp({ decay: 0.5 });
    average.swap();
    const calls: [() => void, string][] = [
      [() => average.update(), "average weights"],
      [() => average.save(), "save averaged weights"],
      [() => average.restore({ steps: 0 }), "restore averaged weights"],
    ];
    for (const [call, what] of calls) {
      assertThrows(
        call,
        Error,
        `Cannot ${what} as the model must hold its own: found them swapped`,
      );
    }
    average.swap();
    for (const [call] of calls) call();
  });

  it("refuses settings that are none", async () => {
    for (const decay of [-0.1, 1.1, NaN]) {
      assertThrows(
        () => setUp({ decay }),
        RangeError,
        `Cannot average weights as the decay must be in [0, 1]: found ${decay} at step 0`,
      );
      const { average, weight } = setUp({ decay: (step) => step === 2 ? decay : 0.5 });
      average.update();
      weight.set([[5]]);
      assertThrows(
        () => average.update(),
        RangeError,
        `Cannot average weights as the decay must be in [0, 1]: found ${decay} at step 2`,
      );
      assertEquals([average.save().steps, await average.averages[0]!.value.item()], [1, 1]);
    }
    for (const [steps, power] of [[0, 1], [1.5, 1], [1, -1], [1, NaN]] as const) {
      assertThrows(
        () => setUp({ decay: { limit: 0.5, steps, power } }),
        RangeError,
        `Cannot average weights as a ramp must have steps of at least 1 and a power of at least 0: found ${steps} and ${power}`,
      );
    }
    for (const every of [0, -1, 1.5, NaN]) {
      assertThrows(
        () => setUp({ decay: 0.5, every }),
        RangeError,
        `Cannot average weights as every must be a whole number of at least 1: found ${every}`,
      );
    }
    assertThrows(
      () => new WeightAverage(new Dense(2), { decay: 0.5 }),
      Error,
      "Cannot average weights as the model must have some: found none",
    );
  });

  it("takes 0 and 1 for decays", async () => {
    const none = setUp({ decay: 0 });
    assertEquals(await none.follow([4, 2]), [[4, 4], [2, 2]]);
    const all = setUp({ decay: 1 });
    assertEquals(await all.follow([4, 2]), [[4, 1], [2, 1]]);
    assertNotEquals(await none.weight.item(), 1);
  });
});
