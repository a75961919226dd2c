import { type Backend, type Nested, ShapeError, tensor, zeros } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { assertEquals, assertStrictEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import {
  Adagrad,
  Adam,
  AdamW,
  constant,
  Muon,
  type OptimizedParameters,
  type Optimizer,
  type OptimizerOptions,
  type OptimizerState,
  RmsProp,
  Sgd,
} from "./mod.ts";

const exact = reference({ dtype: "float64" });

type Make = (parameters: OptimizedParameters, options?: OptimizerOptions) => Optimizer;

const optimizers: Record<string, { make: Make; slots: string[] }> = {
  adagrad: { make: (list, options) => new Adagrad(list, options), slots: ["square"] },
  adam: { make: (list, options) => new Adam(list, options), slots: ["mean", "variance"] },
  adamW: { make: (list, options) => new AdamW(list, options), slots: ["mean", "variance"] },
  muon: { make: (list, options) => new Muon(list, options), slots: ["velocity"] },
  rmsProp: {
    make: (list, options) => new RmsProp(list, { momentum: 0.5, ...options }),
    slots: ["square", "velocity"],
  },
  sgd: {
    make: (list, options) => new Sgd(list, { learningRate: 0.1, momentum: 0.5, ...options }),
    slots: ["velocity"],
  },
};

function parameter(name: string, value: Nested, backend: Backend = exact) {
  const tensors = { value: tensor(backend, value), gradient: tensor(backend, value) };
  return { name, ...tensors, trainable: true };
}

for (const [kind, { make, slots }] of Object.entries(optimizers)) {
  describe(`every optimizer: ${kind}`, () => {
    it("counts its steps, and asks the first group's schedule with their number", () => {
      const optimizer = make([
        { parameters: [parameter("a", [1])], learningRate: (step) => step / 2 },
        { parameters: [parameter("b", [1])] },
      ], { learningRate: constant(7) });
      const seen = [0, 1, 2].map(() => {
        const at = [optimizer.steps, optimizer.learningRate];
        optimizer.step();
        return at;
      });
      assertEquals(seen, [[0, 0], [1, 0.5], [2, 1]]);
    });

    it("allocates nothing at a step", () => {
      const backend = reference();
      const optimizer = make([parameter("a", [1], backend), parameter("b", [[1, 2]], backend)]);
      const { allocations } = backend.memory;
      for (let step = 0; step < 3; step++) optimizer.step();
      assertEquals(backend.memory.allocations, allocations);
    });

    it("names its slots after parameter and state", () => {
      const optimizer = make([parameter("0.weight", [[1, 2]]), parameter("0.bias", [1])]);
      assertEquals(
        optimizer.slots.map(({ name, value }) => [name, value.shape]),
        [
          ...slots.map((slot) => [`0.weight.${slot}`, [1, 2]]),
          ...slots.map((slot) => [`0.bias.${slot}`, [1]]),
        ],
      );
      assertStrictEquals(optimizer.slots[0]!.value, optimizer.slots[0]!.value);
    });

    it("leaves out what is not trainable at a step", async () => {
      const [a, b] = [parameter("a", [1]), parameter("b", [1])];
      const optimizer = make([a, b]);
      b.trainable = false;
      optimizer.step();
      assertEquals([await a.value.item() < 1, await b.value.item()], [true, 1]);
      const before = await a.value.item();
      [a.trainable, b.trainable] = [false, true];
      optimizer.step();
      assertEquals([await a.value.item(), await b.value.item() < 1], [before, true]);
      b.trainable = false;
      assertThrows(
        () => optimizer.step(),
        Error,
        "Cannot take step 2 as at least one parameter must be trainable: found none of 2",
      );
      assertEquals(optimizer.steps, 2);
    });

    it("continues from what it saved, to the same numbers", async () => {
      const run = async (breakAt: number) => {
        const parameters = [parameter("a", [1, 2]), parameter("b", [[3, 1], [2, 5]])];
        parameters[1]!.trainable = false;
        let optimizer = make(parameters);
        for (let step = 0; step < 6; step++) {
          if (step === 2) parameters[1]!.trainable = true;
          if (step === breakAt) {
            const state: OptimizerState = JSON.parse(JSON.stringify(optimizer.save()));
            const numbers = await Promise.all(optimizer.slots.map(({ value }) => value.data()));
            optimizer = make(parameters);
            optimizer.slots.forEach(({ value }, i) => value.set(numbers[i]!));
            optimizer.restore(state);
          }
          parameters.forEach(({ gradient }, i) =>
            gradient.set([[step, 1 - step], [[step * step, 1], [step, 2]]][i]!)
          );
          optimizer.step();
        }
        return [optimizer.save(), ...await Promise.all(parameters.map((p) => p.value.data()))];
      };
      const whole = await run(-1);
      assertEquals(await run(1), whole);
      assertEquals(await run(4), whole);
      assertEquals((whole[0] as OptimizerState).parameters, [
        { name: "a", updates: 6 },
        { name: "b", updates: 4 },
      ]);
    });

    it("stops at a gradient that is not finite, and names parameter and step", async () => {
      for (const bad of [NaN, Infinity, -Infinity]) {
        const [a, b] = [parameter("a", [1]), parameter("b", [[1, 1], [1, 2]])];
        const c = parameter("c", [[1, 2]]);
        const optimizer = make([a, b, c]);
        a.trainable = false;
        optimizer.step();
        const read = async () => await Promise.all([a, b, c].map(({ value }) => value.data()));
        const before = await read();
        optimizer.check(await optimizer.flag.data());
        b.gradient.set([[0, 1], [1, bad]]);
        optimizer.step();
        c.gradient.set([[bad, 1]]);
        optimizer.step();
        // The list is another by the time that the flag is read.
        a.trainable = true;
        b.gradient.set([[1, 0], [0, 1]]);
        c.gradient.set([[0, 1]]);
        optimizer.step();
        assertEquals(await read(), before);
        const flag = await optimizer.flag.data();
        assertThrows(
          () => optimizer.check(flag),
          RangeError,
          "Cannot update b at step 1 as its gradient must be finite: found NaN or Infinity",
        );
      }
    });

    it("goes on after a restore from before the gradient that was not finite", async () => {
      const a = parameter("a", [1]);
      const optimizer = make([a]);
      const state = optimizer.save();
      a.gradient.set([NaN]);
      optimizer.step();
      optimizer.restore(state);
      optimizer.check(await optimizer.flag.data());
      a.gradient.set([1]);
      optimizer.step();
      assertEquals([optimizer.steps, await a.value.item() < 1], [1, true]);
    });

    it("refuses a rate that is none, at any step", async () => {
      for (const rate of [NaN, Infinity, -0.1]) {
        assertThrows(
          () => make([parameter("a", [1])], { learningRate: rate }),
          RangeError,
          `Cannot optimize as the learning rate must be a finite number of at least 0: found ${rate}`,
        );
        const a = parameter("a", [1]);
        const optimizer = make([a], { learningRate: (step) => step < 1 ? 0.1 : rate });
        optimizer.step();
        const before = [optimizer.save(), await a.value.data()];
        const message =
          `Cannot take step 1 as its learning rate must be a finite number of at least 0: found ${rate}`;
        assertThrows(() => optimizer.step(), RangeError, message);
        assertThrows(() => optimizer.learningRate, RangeError, message);
        assertEquals([optimizer.save(), await a.value.data()], before);
      }
    });

    it("refuses settings outside their range", () => {
      for (const value of [NaN, Infinity, -1]) {
        for (const name of ["weightDecay", "clipNorm", "clipParameterNorm"]) {
          assertThrows(
            () => make([parameter("a", [1])], { [name]: value }),
            RangeError,
            `Cannot optimize as ${name} must be a finite number ${
              name === "weightDecay" ? "of at least 0" : "above 0"
            }: found ${value}`,
          );
        }
        assertThrows(
          () => make([{ parameters: [parameter("a", [1])], weightDecay: value }]),
          RangeError,
          `Cannot optimize as weightDecay must be a finite number of at least 0: found ${value}`,
        );
      }
      assertThrows(
        () => make([parameter("a", [1])], { clipNorm: 1, clipParameterNorm: 1 }),
        TypeError,
        "Cannot optimize as either clipNorm or clipParameterNorm may be given: found both",
      );
    });

    it("refuses a state that is not its own, and changes nothing", () => {
      const optimizer = make([parameter("a", [1, 2]), parameter("b", [1])]);
      optimizer.step();
      const own = optimizer.save();
      const [slot] = slots;
      const shapes = (shape: unknown) =>
        own.slots.map((entry, i) => i === 0 ? { ...entry, shape } : entry);
      const cases: [state: unknown, error: new (message?: string) => Error, message: string][] = [
        [null, TypeError, `Cannot restore ${kind} as its state must be a record: found null`],
        [
          { ...own, kind: "lion" },
          TypeError,
          `Cannot restore ${kind} as the state must be its own: found lion`,
        ],
        [
          { ...own, steps: -1 },
          RangeError,
          `Cannot restore ${kind} as its steps must be a whole number of at least 0: found -1`,
        ],
        [
          { ...own, parameters: own.parameters.slice(1) },
          TypeError,
          `Cannot restore ${kind} as its parameters must be 2: found 1`,
        ],
        [
          { ...own, parameters: undefined },
          TypeError,
          `Cannot restore ${kind} as its parameters must be 2: found no list`,
        ],
        [
          { ...own, parameters: [{ name: "b", updates: 1 }, { name: "a", updates: 1 }] },
          TypeError,
          `Cannot restore ${kind} as parameter 0 must be a: found b`,
        ],
        [
          { ...own, parameters: [{ name: "a", updates: 1 }, null] },
          TypeError,
          `Cannot restore ${kind} as parameter 1 must be b: found undefined`,
        ],
        [
          { ...own, parameters: [{ name: "a", updates: 0.5 }, { name: "b", updates: 1 }] },
          RangeError,
          "Cannot restore a as its updates must be a whole number of at least 0: found 0.5",
        ],
        [
          {
            ...own,
            parameters: [{ name: "a", updates: { toString: 1 } }, { name: "b", updates: 1 }],
          },
          RangeError,
          'Cannot restore a as its updates must be a whole number of at least 0: found {"toString":1}',
        ],
        [
          { ...own, kind: { toString: 1 } },
          TypeError,
          `Cannot restore ${kind} as the state must be its own: found {"toString":1}`,
        ],
        [
          { ...own, parameters: [{ name: "a", updates: 2 }, { name: "b", updates: 1 }] },
          RangeError,
          "Cannot restore a as its updates must not exceed the steps, 1: found 2",
        ],
        [
          { ...own, slots: own.slots.slice(1) },
          TypeError,
          `Cannot restore ${kind} as its slots must be ${2 * slots.length}: found ${
            2 * slots.length - 1
          }`,
        ],
        [
          { ...own, slots: own.slots.map((entry) => ({ ...entry, name: "momentum" })) },
          TypeError,
          `Cannot restore ${kind} as slot 0 must be a.${slot}: found momentum`,
        ],
        [
          { ...own, slots: shapes([2, 1]) },
          ShapeError,
          `Cannot restore a.${slot} as its shape must be [2]: found [2, 1]`,
        ],
        [
          { ...own, slots: shapes(undefined) },
          ShapeError,
          `Cannot restore a.${slot} as its shape must be [2]: found undefined`,
        ],
      ];
      for (const [state, error, message] of cases) {
        assertThrows(() => optimizer.restore(state as OptimizerState), error, message);
        assertEquals(optimizer.save(), own);
      }
    });

    it("refuses parameters that it cannot move together", () => {
      const a = parameter("a", [1]);
      const cases: [OptimizedParameters, string][] = [
        [[], "Cannot optimize as there must be at least one parameter: found none"],
        [
          [{ parameters: [] }],
          "Cannot optimize as there must be at least one parameter: found none",
        ],
        [
          [a, { ...a }],
          "Cannot optimize a as each parameter must be given once: found two of that name",
        ],
        [
          [{ parameters: [a] }, { parameters: [a] }],
          "Cannot optimize a as each parameter must be given once: found two of that name",
        ],
        [
          [a, { ...a, name: "b" }],
          "Cannot optimize b as its numbers must be its own: found those of a",
        ],
        [
          [a, parameter("b", [1], reference())],
          "Cannot optimize b as all parameters must be on one backend: found reference and reference (two of them)",
        ],
        [
          [{ ...a, gradient: zeros(exact, [1, 1]) }],
          "Cannot optimize a as its gradient must have its shape: found [1] and [1, 1]",
        ],
        [
          [{ ...a, value: zeros(exact, [1], { dtype: "int32" }) }],
          "Cannot optimize a as its numbers must be float64: found int32",
        ],
      ];
      for (const [parameters, message] of cases) {
        assertThrows(() => make(parameters), TypeError, message);
      }
    });
  });
}
