import { Dense, Relu, Sequential } from "@gradus/layers";
import { random } from "@gradus/random";
import { reference } from "@gradus/tensor/reference";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { parameterStatistics } from "./mod.ts";

describe("parameterStatistics()", () => {
  it("gives the spread of each parameter, in the model's order", async () => {
    const model = new Sequential([new Dense(2), new Relu(), new Dense(1, { bias: false })]);
    model.init([2], { backend: reference(), random: random(0) });
    const values = [[[1, -2], [4, -10]], [0, 0], [[NaN], [3]]];
    model.parameters.forEach(({ value }, i) => value.set(values[i]!));
    assertEquals(await parameterStatistics(model), [
      { name: "0.weight", minimum: -10, maximum: 4, norm: 11 },
      { name: "0.bias", minimum: 0, maximum: 0, norm: 0 },
      { name: "2.weight", minimum: NaN, maximum: NaN, norm: NaN },
    ]);
    assertEquals(await parameterStatistics(new Relu()), []);
  });
});
