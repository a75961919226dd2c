import { random } from "@gradus/random";
import { tensor } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { assertStrictEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { Linear } from "./linear.ts";

describe("Linear", () => {
  it("returns what it gets, in both modes and directions", () => {
    const backend = reference();
    const layer = new Linear();
    layer.init([2], { backend, random: random(0) });
    const [x, dy] = [tensor(backend, [[1, 2]]), tensor(backend, [[3, 4]])];
    assertStrictEquals(layer.forward(x, "eval"), x);
    assertStrictEquals(layer.forward(x), x);
    assertStrictEquals(layer.backward(dy), dy);
  });
});
