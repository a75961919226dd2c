import { random } from "@gradus/random";
import { full, tensor } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { assert, assertEquals, assertNotEquals, assertStrictEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { assertThrowsExactly } from "./_assert_throws_exactly_test.ts";
import { Dropout } from "./dropout.ts";

function start(rate: number, seed = 0) {
  const backend = reference();
  const dropout = new Dropout(rate);
  dropout.init([1000], { backend, random: random(seed) });
  return { dropout, ones: full(backend, [4, 1000], { value: 1 }) };
}

describe("Dropout", () => {
  it("drops a share of the numbers, and keeps the mean by what it leaves", async () => {
    const { dropout, ones } = start(0.75);
    const y = await dropout.forward(ones).data();
    assertEquals(new Set(y), new Set([0, 4]));
    // 4000 numbers, each kept with probability 1/4: five deviations are 5 · √(4000 · 3/16) ≈ 137.
    const kept = y.filter((value) => value === 4).length;
    assert(Math.abs(kept - 1000) < 137, `${kept} kept`);
  });

  it("drops the same numbers of the gradient", async () => {
    const { dropout, ones } = start(0.5);
    const y = await dropout.forward(ones).data();
    assertEquals(await dropout.backward(ones)!.data(), y);
  });

  it("drops other numbers at each step", async () => {
    const { dropout, ones } = start(0.5);
    const first = await dropout.forward(ones).data();
    assertNotEquals(await dropout.forward(ones).data(), first);
  });

  it("drops the same numbers again from the same state, and others from another seed", async () => {
    const { dropout, ones } = start(0.5);
    const saved = dropout.state.map(({ value }) => value);
    const first = await dropout.forward(ones).data();
    dropout.state.forEach((state, i) => state.value = saved[i]!);
    assertEquals(await dropout.forward(ones).data(), first);
    const [same, other] = [start(0.5), start(0.5, 1)];
    assertEquals(await same.dropout.forward(same.ones).data(), first);
    assertNotEquals(await other.dropout.forward(other.ones).data(), first);
  });

  it("returns its input in eval mode, and counts no step", () => {
    const { dropout, ones } = start(0.5);
    const [key] = dropout.state.map(({ value }) => value);
    assertStrictEquals(dropout.forward(ones, "eval"), ones);
    assertEquals(dropout.state.map(({ name, value }) => [name, value]), [["key", key], [
      "step",
      0,
    ]]);
    dropout.forward(ones);
    assertEquals(dropout.state.map(({ name, value }) => [name, value]), [["key", key], [
      "step",
      1,
    ]]);
  });

  it("changes nothing at a rate of 0", async () => {
    const backend = reference();
    const dropout = new Dropout(0);
    dropout.init([3], { backend, random: random(0) });
    const y = dropout.forward(tensor(backend, [[1, -2, 3]]));
    assertEquals(await y.data(), new Float32Array([1, -2, 3]));
  });

  it("refuses a rate outside [0, 1)", () => {
    for (const rate of [-0.1, 1, 2, NaN]) {
      assertThrowsExactly(
        () => new Dropout(rate),
        RangeError,
        `Cannot make dropout as the rate must be in [0, 1): found ${rate}`,
      );
    }
  });
});
