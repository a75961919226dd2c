import { tensor } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { Sgd, type SgdOptions } from "./sgd.ts";
import { stepDecay } from "./step_decay.ts";

const backend = reference();

/** The value after each of three steps from 0 with gradients of -1. */
async function path(options: SgdOptions): Promise<number[]> {
  const [value, gradient] = [tensor(backend, [0]), tensor(backend, [-1])];
  const optimizer = new Sgd([{ name: "a", value, gradient, trainable: true }], options);
  const values: number[] = [];
  for (let step = 0; step < 3; step++) {
    optimizer.step();
    values.push(await value.item());
  }
  return values;
}

describe("Sgd", () => {
  it("takes the same path with the rate in the velocity while the rate is constant", async () => {
    const options = { learningRate: 0.5, momentum: 0.5 };
    assertEquals(await path(options), [0.5, 1.25, 2.125]);
    assertEquals(await path({ ...options, rateInVelocity: true }), [0.5, 1.25, 2.125]);
  });

  it("keeps the rates of its steps in the velocity if told to", async () => {
    const options = {
      learningRate: stepDecay({ rate: 1, factor: 0.25, milestones: [1] }),
      momentum: 0.5,
    };
    assertEquals(await path(options), [1, 1 + 1.5 / 4, 1 + 1.5 / 4 + 1.75 / 4]);
    assertEquals(await path({ ...options, rateInVelocity: true }), [1, 1.75, 1.75 + 0.625]);
  });

  it("has no slots without momentum", () => {
    const [value, gradient] = [tensor(backend, [0]), tensor(backend, [0])];
    const optimizer = new Sgd([{ name: "a", value, gradient, trainable: true }], {
      learningRate: 1,
    });
    assertEquals(optimizer.slots, []);
  });

  it("clips the norm of all gradients, or of each", async () => {
    const clipped = async (options: Partial<SgdOptions>) => {
      const parameters = [[3, 0], [0.5, 0], [0, 4]].map((gradient, i) => ({
        name: `${i}`,
        value: tensor(backend, [0, 0]),
        gradient: tensor(backend, gradient),
        trainable: true,
      }));
      new Sgd(parameters, { learningRate: 1, ...options }).step();
      return (await Promise.all(parameters.map(({ value }) => value.data()))).map((x) => [...x]);
    };
    assertEquals(await clipped({ clipParameterNorm: 1 }), [[-1, 0], [-0.5, 0], [0, -1]]);
    const share = 1 / Math.hypot(3, 0.5, 4);
    assertEquals(
      (await clipped({ clipNorm: 1 })).flat().map((x) => Math.abs(x).toFixed(6)),
      [3, 0, 0.5, 0, 0, 4].map((x) => (x * share).toFixed(6)),
    );
    assertEquals(await clipped({ clipNorm: 100 }), [[-3, 0], [-0.5, 0], [0, -4]]);
    // Gradients of a loss that was multiplied by 4: their norms are those of the loss itself.
    assertEquals(await clipped({ lossScale: 4 }), [[-0.75, 0], [-0.125, 0], [0, -1]]);
    assertEquals(
      await clipped({ lossScale: 4, clipParameterNorm: 0.5 }),
      [[-0.5, 0], [-0.125, 0], [0, -0.5]],
    );
    assertEquals(
      await clipped({ lossScale: 4, clipNorm: 0.25 }),
      (await clipped({ clipNorm: 1 })).map((value) => value.map((x) => x / 4)),
    );
  });

  it("refuses settings outside their range", () => {
    const [value, gradient] = [tensor(backend, [0]), tensor(backend, [0])];
    const make = (options: Partial<SgdOptions>) =>
      new Sgd([{ name: "a", value, gradient, trainable: true }], { learningRate: 1, ...options });
    for (const name of ["momentum", "dampening"]) {
      for (const value of [1, -0.1, NaN]) {
        assertThrows(
          () => make({ [name]: value }),
          RangeError,
          `Cannot optimize as ${name} must be in [0, 1): found ${value}`,
        );
      }
    }
    for (const lossScale of [0, -1, NaN, Infinity]) {
      assertThrows(
        () => make({ lossScale }),
        RangeError,
        `Cannot optimize as lossScale must be a finite number above 0: found ${lossScale}`,
      );
    }
    for (const [momentum, dampening] of [[0, 0], [0.5, 0.5]] as const) {
      assertThrows(
        () => make({ nesterov: true, momentum, dampening }),
        RangeError,
        `Cannot optimize as Nesterov's momentum must be above 0, without dampening: found momentum ${momentum} and dampening ${dampening}`,
      );
    }
  });
});
