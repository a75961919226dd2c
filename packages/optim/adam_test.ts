import { tensor } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { Adam, type AdamOptions } from "./adam.ts";

const backend = reference();

describe("Adam", () => {
  it("takes first steps of the learning rate, whatever the gradient's scale", async () => {
    const [value, gradient] = [tensor(backend, [0, 0]), tensor(backend, [1e4, -1e-2])];
    new Adam([{ name: "a", value, gradient, trainable: true }], { learningRate: 0.5 }).step();
    assertEquals([...await value.data()].map((x) => x.toFixed(4)), ["-0.5000", "0.5000"]);
  });

  it("takes a whole first step when a parameter thaws late", async () => {
    const [a, b] = ["a", "b"].map((name) => ({
      name,
      value: tensor(backend, [0]),
      gradient: tensor(backend, [1]),
      trainable: true,
    }));
    b!.trainable = false;
    const optimizer = new Adam([a!, b!], { learningRate: 0.5 });
    for (let step = 0; step < 100; step++) optimizer.step();
    b!.trainable = true;
    optimizer.step();
    assertEquals((await b!.value.item()).toFixed(4), "-0.5000");
  });

  it("refuses settings outside their range", () => {
    const [value, gradient] = [tensor(backend, [0]), tensor(backend, [0])];
    const make = (options: AdamOptions) =>
      new Adam([{ name: "a", value, gradient, trainable: true }], options);
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
