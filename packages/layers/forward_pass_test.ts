import { ShapeError, tensor } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { assertEquals, assertStrictEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { assertThrowsExactly } from "./_assert_throws_exactly_test.ts";
import { ForwardPass } from "./forward_pass.ts";

const backend = reference();
const x = tensor(backend, [[1, 2]]);
const y = tensor(backend, [[3]]);
const dy = tensor(backend, [[4]]);

function start() {
  const pass = new ForwardPass("double");
  pass.init([2], backend);
  return pass;
}

// Messages about the order of calls and the shapes of tensors are tested with every layer.
describe("ForwardPass", () => {
  it("tells the batch, and hands over input and output once", () => {
    const pass = start();
    assertEquals(pass.start(x), 1);
    assertStrictEquals(pass.keep(x, y, "train"), y);
    assertEquals(pass.take(dy), { x, y });
    assertThrowsExactly(
      () => pass.take(dy),
      Error,
      "Cannot run double backward as a forward in train mode must come first: found no forward since the last backward",
    );
  });

  it("keeps nothing of a forward that started and did not end", () => {
    const pass = start();
    pass.start(x);
    pass.keep(x, y, "train");
    pass.start(x);
    assertThrowsExactly(
      () => pass.take(dy),
      Error,
      "Cannot run double backward as a forward in train mode must come first: found no forward since the last backward",
    );
  });

  it("keeps the last forward if the next one is refused", () => {
    const pass = start();
    pass.start(x);
    pass.keep(x, y, "train");
    assertThrowsExactly(
      () => pass.start(y),
      ShapeError,
      "Cannot run double forward as inputs must be float32 [batch, 2]: found float32 [1, 1]",
    );
    assertEquals(pass.take(dy), { x, y });
  });

  it("keeps its own copy of the shape", () => {
    const shape = [2];
    const pass = new ForwardPass("double");
    pass.init(shape);
    shape[0] = 3;
    assertEquals(pass.start(x), 1);
  });

  it("takes inputs of any backend if none is given", () => {
    const pass = new ForwardPass("double");
    pass.init([2]);
    for (const backend of [reference(), reference({ dtype: "float64" })]) {
      assertEquals(pass.start(tensor(backend, [[1, 2], [3, 4], [5, 6]])), 3);
    }
  });
});
