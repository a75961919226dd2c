import { tensor } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { Adagrad, type AdagradOptions } from "./adagrad.ts";

const backend = reference();

describe("Adagrad", () => {
  it("does not move where the gradient is 0", async () => {
    const [value, gradient] = [tensor(backend, [3]), tensor(backend, [0])];
    new Adagrad([{ name: "a", value, gradient, trainable: true }]).step();
    assertEquals(await value.item(), 3);
  });

  it("refuses settings outside their range", () => {
    const [value, gradient] = [tensor(backend, [0]), tensor(backend, [0])];
    const make = (options: AdagradOptions) =>
      new Adagrad([{ name: "a", value, gradient, trainable: true }], options);
    for (const epsilon of [0, -1, NaN, Infinity]) {
      assertThrows(
        () => make({ epsilon }),
        RangeError,
        `Cannot optimize as epsilon must be a finite number above 0: found ${epsilon}`,
      );
    }
  });
});
