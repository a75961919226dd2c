import { random } from "@gradus/random";
import { tensor, zeros } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { assertEquals, assertStrictEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { Flatten } from "./flatten.ts";

function start(inputShape: readonly number[]) {
  const backend = reference();
  const flatten = new Flatten();
  const outputShape = flatten.init(inputShape, { backend, random: random(0) });
  return { backend, flatten, outputShape };
}

describe("Flatten", () => {
  it("lays each input out as one row, in order", async () => {
    const { backend, flatten } = start([2, 2]);
    const y = flatten.forward(tensor(backend, [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]));
    assertEquals(y.shape, [2, 4]);
    assertEquals([...await y.data()], [1, 2, 3, 4, 5, 6, 7, 8]);
    const dx = flatten.backward(tensor(backend, [[1, 2, 3, 4], [5, 6, 7, 8]]))!;
    assertEquals(dx.shape, [2, 2, 2]);
    assertEquals([...await dx.data()], [1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it("makes a row of one number, and keeps a row a row", () => {
    assertEquals(start([]).outputShape, [1]);
    assertEquals(start([5]).outputShape, [5]);
  });

  it("makes one view of a tensor, however often it comes", () => {
    const { backend, flatten } = start([2, 3]);
    const [x, other] = [zeros(backend, [4, 2, 3]), zeros(backend, [4, 2, 3])];
    const y = flatten.forward(x);
    assertStrictEquals(y.storage, x.storage);
    assertStrictEquals(flatten.forward(x), y);
    assertStrictEquals(flatten.forward(other).storage, other.storage);
  });
});
