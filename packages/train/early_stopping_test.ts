import { Dense, Dropout, type Layer, Sequential, type State } from "@gradus/layers";
import { random } from "@gradus/random";
import { tensor } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { EarlyStopping, type EarlyStoppingState } from "./mod.ts";

function setUp(patience: number, minimumImprovement?: number) {
  const backend = reference();
  const model = new Sequential([new Dense(1, { bias: false }), new Dropout(0.5)]);
  model.init([1], { backend, random: random(0) });
  const options = minimumImprovement === undefined ? {} : { minimumImprovement };
  return { backend, model, stopping: new EarlyStopping(model, { patience, ...options }) };
}

function observeAll(stopping: EarlyStopping, losses: number[]): boolean[] {
  return losses.map((loss) => stopping.observe(loss));
}

describe("EarlyStopping", () => {
  it("stops after so many observations in a row without improvement", () => {
    const { stopping } = setUp(3);
    assertEquals(
      observeAll(stopping, [5, 6, 6, 4, 4, 5, 4, 3, 9]),
      [false, false, false, false, false, false, true, false, false],
    );
    assertEquals([stopping.bestLoss, stopping.bestEpoch], [3, 7]);
  });

  it("asks for an improvement of more than the least", () => {
    const { stopping } = setUp(2, 0.5);
    assertEquals(observeAll(stopping, [3, 2.5, 2.75]), [false, false, true]);
    assertEquals([stopping.bestLoss, stopping.bestEpoch], [3, 0]);
    assertEquals(stopping.observe(2.25), false);
    assertEquals([stopping.bestLoss, stopping.bestEpoch], [2.25, 3]);
  });

  it("takes what is not finite for no improvement, from the first on", () => {
    const { stopping } = setUp(2);
    assertEquals([stopping.bestLoss, stopping.bestEpoch], [Infinity, -1]);
    assertEquals(observeAll(stopping, [NaN, -Infinity, Infinity]), [false, true, true]);
    assertEquals([stopping.bestLoss, stopping.bestEpoch], [Infinity, -1]);
    assertThrows(
      () => stopping.restoreBest(),
      Error,
      "Cannot restore the best weights as a finite loss must be observed first: found no copies",
    );
    assertEquals(observeAll(stopping, [7, NaN]), [false, false]);
    assertEquals(stopping.bestEpoch, 3);
  });

  it("puts parameters and states of the best epoch back, numbers too", async () => {
    const { backend, model, stopping } = setUp(5);
    const total: State = { name: "total", value: tensor(backend, [0]) };
    const withTotal: Layer = Object.create(model, {
      state: { get: () => [...model.state, total] },
    });
    const watch = new EarlyStopping(withTotal, { patience: 5 });
    const weight = model.parameters[0]!.value;
    const step = model.state[1]!;
    for (const [epoch, loss] of [3, 1, 2].entries()) {
      weight.set([[epoch]]);
      (total.value as typeof weight).set([10 * epoch]);
      step.value = 100 * epoch;
      watch.observe(loss);
    }
    assertEquals(watch.best().map(({ name }) => name), ["0.weight", "total"]);
    watch.restoreBest();
    assertEquals(
      [await weight.item(), await (total.value as typeof weight).item(), step.value],
      [1, 10, 100],
    );
    assertStrictEquals(model.parameters[0]!.value, weight);
    assertEquals(stopping.best(), []);
  });

  it("makes its copies once", () => {
    const { backend, stopping } = setUp(5);
    stopping.observe(9);
    const { allocations } = backend.memory;
    const copies = stopping.best();
    observeAll(stopping, [8, 7, 9, 6]);
    stopping.restore(stopping.save());
    stopping.observe(5);
    assertEquals(backend.memory.allocations, allocations);
    assertStrictEquals(stopping.best(), copies);
  });

  it("gives its copies back, and then has nothing to restore or save", () => {
    const { backend, stopping } = setUp(5);
    const { storages } = backend.memory;
    stopping.observe(1);
    assertEquals(backend.memory.storages, storages + 1);
    stopping[Symbol.dispose]();
    stopping.dispose();
    assertEquals(backend.memory.storages, storages);
    assertEquals(stopping.bestLoss, 1);
    assertThrows(
      () => stopping.restoreBest(),
      Error,
      "Cannot restore the best weights as a finite loss must be observed first: found no copies",
    );
    assertThrows(
      () => stopping.save(),
      Error,
      "Cannot save early stopping as its best weights must be there: found them disposed",
    );
  });

  it("goes on from what it saved", async () => {
    const whole = setUp(2);
    const losses = [4, 3, 3.5, 2, 3];
    assertEquals(observeAll(whole.stopping, losses), [false, false, false, false, false]);
    const state: EarlyStoppingState = JSON.parse(JSON.stringify(whole.stopping.save()));
    assertEquals(Object.entries(state).slice(0, 3), [
      ["bestLoss", 2],
      ["bestEpoch", 3],
      ["observed", 5],
    ]);

    const { model, stopping } = setUp(2);
    stopping.restore(state);
    assertEquals([stopping.bestLoss, stopping.bestEpoch], [2, 3]);
    assertEquals(stopping.best().map(({ name, value }) => [name, value.shape]), [
      ["0.weight", [1, 1]],
    ]);
    stopping.best()[0]!.value.set([[7]]);
    assertEquals(stopping.observe(2), true);
    stopping.restoreBest();
    assertEquals(await model.parameters[0]!.value.item(), 7);
    assertEquals(
      model.state.map(({ value }) => value),
      whole.model.state.map(({ value }) => value),
    );
  });

  it("goes on from before the first loss, and forgets what it had", () => {
    const { stopping } = setUp(2);
    const empty = stopping.save();
    assertEquals(empty, { bestLoss: null, bestEpoch: -1, observed: 0, bestNumbers: [] });
    stopping.observe(1);
    stopping.restore(empty);
    assertEquals([stopping.best(), stopping.bestLoss, stopping.save()], [[], Infinity, empty]);
  });

  it("refuses a state that is none, and then is as it was", () => {
    const { stopping } = setUp(2);
    stopping.observe(1);
    const good = stopping.save();
    const bad: unknown[] = [
      null,
      "x",
      {},
      { ...good, bestLoss: "1" },
      { ...good, bestLoss: null },
      { ...good, bestEpoch: 1 },
      { ...good, bestEpoch: -1 },
      { ...good, bestEpoch: 0.5 },
      { ...good, observed: -1 },
      { ...good, observed: "1" },
      { ...good, bestNumbers: [1] },
      { ...good, bestNumbers: [1, null] },
      { ...good, bestNumbers: "12" },
      { bestLoss: null, bestEpoch: -1, observed: 2, bestNumbers: [1, 2] },
    ];
    for (const state of bad) {
      assertThrows(
        () => stopping.restore(state as EarlyStoppingState),
        TypeError,
        `Cannot restore early stopping as its state must be one that it saved, with 2 numbers: found ${
          JSON.stringify(state)
        }`,
      );
      assertEquals(stopping.save(), good);
    }
  });

  it("refuses a patience or an improvement that is none", () => {
    for (const patience of [0, -1, 1.5, NaN, Infinity]) {
      assertThrows(
        () => setUp(patience),
        RangeError,
        `Cannot stop early as patience must be a whole number of at least 1: found ${patience}`,
      );
    }
    for (const improvement of [-1, NaN, Infinity]) {
      assertThrows(
        () => setUp(1, improvement),
        RangeError,
        `Cannot stop early as minimumImprovement must be a finite number of at least 0: found ${improvement}`,
      );
    }
  });
});
