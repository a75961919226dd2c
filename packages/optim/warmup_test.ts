import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { constant } from "./constant.ts";
import { cosine } from "./cosine.ts";
import { warmup } from "./warmup.ts";

describe("warmup()", () => {
  it("rises to the first rate of what follows, which then begins", () => {
    const then = cosine({ rate: 1, steps: 10, final: 0.5 });
    const rate = warmup({ steps: 2, from: 0.5 }, then);
    assertEquals([0, 1, 2, 3, 12].map(rate), [0.5, 0.75, 1, then(1), 0.5]);
  });

  it("refuses settings outside their range", () => {
    for (const steps of [0, 1.5, NaN]) {
      assertThrows(
        () => warmup({ steps }, constant(1)),
        RangeError,
        `Cannot make a schedule as steps must be a whole number of at least 1: found ${steps}`,
      );
    }
    for (const rate of [-1, NaN, Infinity]) {
      assertThrows(
        () => warmup({ steps: 1, from: rate }, constant(1)),
        RangeError,
        `Cannot make a schedule as the rate to start from must be a finite number of at least 0: found ${rate}`,
      );
      assertThrows(
        () => warmup({ steps: 1 }, () => rate),
        RangeError,
        `Cannot make a schedule as the rate to rise to must be a finite number of at least 0: found ${rate}`,
      );
    }
  });
});
