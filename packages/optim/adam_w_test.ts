import { tensor } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { AdamW, type AdamWOptions } from "./adam_w.ts";

const backend = reference();

describe("AdamW", () => {
  it("shrinks a value by the rate times the decay, apart from its gradient", async () => {
    const [value, gradient] = [tensor(backend, [8]), tensor(backend, [1e4])];
    const options = { learningRate: 0.5, weightDecay: 0.5 };
    new AdamW([{ name: "a", value, gradient, trainable: true }], options).step();
    assertEquals((await value.item()).toFixed(4), "5.5000");
  });

  it("decays by 0.01 unless told otherwise", async () => {
    const [value, gradient] = [tensor(backend, [1]), tensor(backend, [0])];
    const parameters = [{ name: "a", value, gradient, trainable: true }];
    new AdamW(parameters, { learningRate: 0.5 }).step();
    assertEquals(await value.item(), Math.fround(0.995));
    new AdamW(parameters, { learningRate: 0.5, weightDecay: 0 }).step();
    assertEquals(await value.item(), Math.fround(0.995));
  });

  it("refuses settings outside their range", () => {
    const [value, gradient] = [tensor(backend, [0]), tensor(backend, [0])];
    const make = (options: AdamWOptions) =>
      new AdamW([{ name: "a", value, gradient, trainable: true }], options);
    for (const name of ["beta1", "beta2"]) {
      for (const value of [1, -0.1, NaN]) {
        assertThrows(
          () => make({ [name]: value }),
          RangeError,
          `Cannot optimize as ${name} must be in [0, 1): found ${value}`,
        );
      }
    }
    for (const epsilon of [0, -1, NaN, Infinity]) {
      assertThrows(
        () => make({ epsilon }),
        RangeError,
        `Cannot optimize as epsilon must be a finite number above 0: found ${epsilon}`,
      );
    }
  });
});
