import { tensor } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { Huber } from "./huber.ts";

describe("Huber", () => {
  it("turns from a parabola to a line at delta, 1 unless told otherwise", async () => {
    const backend = reference();
    for (
      const [options, cost, gradient] of [
        [{}, (0.5 + 1.5 + 2.5) / 4, [0, 0.25, -0.25, 0.25]],
        [{ delta: 2 }, (0.5 + 2 + 4) / 4, [0, 0.25, -0.5, 0.5]],
      ] as const
    ) {
      const loss = new Huber(options);
      const found = loss.forward(tensor(backend, [[0, 1, -2, 3]]), tensor(backend, [[0, 0, 0, 0]]));
      assertEquals(await found.item(), cost);
      assertEquals([...await loss.backward().data()], [...gradient]);
    }
  });

  it("refuses a delta that is not a positive number", () => {
    for (const delta of [0, -1, NaN, Infinity]) {
      assertThrows(
        () => new Huber({ delta }),
        RangeError,
        `Cannot make a Huber loss as delta must be a positive number: found ${delta}`,
      );
    }
  });
});

describe("Huber.checkTarget()", () => {
  it("refuses what is not finite, naming its row", () => {
    assertThrows(
      () => new Huber().checkTarget({ data: new Float32Array([Infinity]), shape: [1, 1] }, [1]),
      RangeError,
      "Cannot take the loss as each target must be finite: found Infinity at row 0",
    );
  });
});
