import { tensor } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { RmsProp, type RmsPropOptions } from "./rms_prop.ts";

const backend = reference();

describe("RmsProp", () => {
  it("has a velocity with momentum alone", () => {
    const [value, gradient] = [tensor(backend, [0]), tensor(backend, [0])];
    const parameters = [{ name: "a", value, gradient, trainable: true }];
    const names = [{}, { momentum: 0.9 }].map((options) =>
      new RmsProp(parameters, options).slots.map(({ name }) => name)
    );
    assertEquals(names, [["a.square"], ["a.square", "a.velocity"]]);
  });

  it("refuses settings outside their range", () => {
    const [value, gradient] = [tensor(backend, [0]), tensor(backend, [0])];
    const make = (options: RmsPropOptions) =>
      new RmsProp([{ name: "a", value, gradient, trainable: true }], options);
    for (const name of ["alpha", "momentum"]) {
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
