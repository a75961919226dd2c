import { tensor } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { Hinge } from "./hinge.ts";

describe("Hinge", () => {
  it("costs nothing from a margin of 1 on, where its slope is 0", async () => {
    const backend = reference();
    const loss = new Hinge();
    const cost = loss.forward(
      tensor(backend, [[1, 2, 0, -1]]),
      tensor(backend, [[1, 1, -1, 1]]),
    );
    assertEquals(await cost.item(), 0.75);
    assertEquals([...await loss.backward().data()], [0, 0, 0.25, -0.25]);
  });
});

describe("Hinge.checkTarget()", () => {
  it("takes -1 and 1, and refuses all else, naming its row", () => {
    const loss = new Hinge();
    loss.checkTarget({ data: new Float32Array([-1, 1]), shape: [2, 1] }, [1]);
    for (const value of [0, 0.5, NaN]) {
      assertThrows(
        () => loss.checkTarget({ data: new Float32Array([1, value]), shape: [2, 1] }, [1]),
        RangeError,
        `Cannot take the loss as each target must be -1 or 1: found ${value} at row 1`,
      );
    }
  });
});
