import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { trialGrid, trialName } from "./trial_grid.ts";

const settings = {
  ...{ hidden: [4, 8] as readonly number[], rate: [0.1, 0.3] as readonly number[] | null },
  ...{ batch: 16, seed: 3, seeds: 2, trial: { index: 0, count: 2 } },
};

describe("trialGrid()", () => {
  it("has each combination with each seed, the first axis slowest", () => {
    assertEquals(
      trialGrid(settings, ["hidden", "rate"]).map(({ hidden, rate, seed }) => [hidden, rate, seed]),
      [
        ...[[4, 0.1, 3], [4, 0.1, 4], [4, 0.3, 3], [4, 0.3, 4]],
        ...[[8, 0.1, 3], [8, 0.1, 4], [8, 0.3, 3], [8, 0.3, 4]],
      ],
    );
  });

  it("leaves all else as it is, and what makes a sweep out", () => {
    assertEquals(trialGrid({ ...settings, seeds: 1 }, []), [{
      ...{ hidden: [4, 8], rate: [0.1, 0.3], batch: 16, seed: 3 },
    }]);
  });

  it("has one trial where the program decides the value", () => {
    const trials = trialGrid({ ...settings, rate: null, seeds: 1 }, ["rate"]);
    assertEquals(trials, [{ hidden: [4, 8], rate: null, batch: 16, seed: 3 }]);
  });
});

describe("trialName()", () => {
  it("names what is varied, and leaves out what the program decides", () => {
    assertEquals(trialName({ hidden: 4, rate: 0.1, seed: 0 }), "hidden 4, rate 0.1, seed 0");
    assertEquals(trialName({ rate: null, seed: 3 }), "seed 3");
  });
});
