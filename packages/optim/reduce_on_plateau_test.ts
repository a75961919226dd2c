import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import {
  type PlateauState,
  ReduceOnPlateau,
  type ReduceOnPlateauOptions,
} from "./reduce_on_plateau.ts";

function rates(options: ReduceOnPlateauOptions, losses: readonly number[]): number[] {
  const plateau = new ReduceOnPlateau(options);
  return losses.map((loss) => {
    plateau.observe(loss);
    return plateau.schedule(0);
  });
}

describe("ReduceOnPlateau", () => {
  it("lowers the rate after one loss more than its patience, and then waits anew", () => {
    const options = { rate: 8, factor: 0.5, patience: 1 };
    assertEquals(rates(options, [5, 5, 5, 5, 5, 4, 5]), [8, 8, 4, 4, 2, 2, 2]);
  });

  it("takes a loss for better only beyond the threshold, negative ones too", () => {
    const options = { rate: 8, factor: 0.5, patience: 0, threshold: 0.25 };
    assertEquals(rates(options, [4, 3.5, 2.5, 2]), [8, 4, 4, 2]);
    assertEquals(rates(options, [-4, -4.5, -5.5]), [8, 4, 4]);
  });

  it("does not go below its minimum, nor up to it", () => {
    const options = { factor: 0.5, patience: 0, minimum: 3 };
    assertEquals(rates({ rate: 8, ...options }, [1, 1, 1, 1]), [8, 4, 3, 3]);
    assertEquals(rates({ rate: 2, ...options }, [1, 1]), [2, 2]);
  });

  it("continues from what it saved", () => {
    const options = { rate: 8, factor: 0.5, patience: 2 };
    const whole = new ReduceOnPlateau(options);
    for (const loss of [5, 6, 6]) whole.observe(loss);
    const resumed = new ReduceOnPlateau(options);
    resumed.restore(JSON.parse(JSON.stringify(whole.save())));
    for (const plateau of [whole, resumed]) {
      assertEquals(plateau.rate, 8);
      plateau.observe(6);
      assertEquals(plateau.rate, 4);
    }
    const fresh = new ReduceOnPlateau(options);
    assertEquals(fresh.save(), { rate: 8, best: null, waited: 0 });
    fresh.restore(JSON.parse(JSON.stringify(fresh.save())));
    assertEquals(fresh.save(), { rate: 8, best: null, waited: 0 });
  });

  it("refuses a loss that is not finite, and changes nothing", () => {
    const plateau = new ReduceOnPlateau({ rate: 1 });
    for (const loss of [NaN, Infinity]) {
      assertThrows(
        () => plateau.observe(loss),
        RangeError,
        `Cannot observe a loss as it must be finite: found ${loss}`,
      );
    }
    assertEquals(plateau.save(), { rate: 1, best: null, waited: 0 });
  });

  it("refuses settings outside their range", () => {
    const cases: [options: Partial<ReduceOnPlateauOptions>, message: string][] = [
      [{ rate: NaN }, "it must be a finite number of at least 0: found NaN"],
      [{ factor: 0 }, "factor must be in (0, 1): found 0"],
      [{ factor: 1 }, "factor must be in (0, 1): found 1"],
      [{ patience: 1.5 }, "patience must be a whole number of at least 0: found 1.5"],
      [{ threshold: 1 }, "threshold must be in [0, 1): found 1"],
      [{ minimum: -1 }, "the minimum must be a finite number of at least 0: found -1"],
    ];
    for (const [options, message] of cases) {
      assertThrows(
        () => new ReduceOnPlateau({ rate: 1, ...options }),
        RangeError,
        `Cannot reduce a rate as ${message}`,
      );
    }
  });

  it("refuses a state that it never gave, and changes nothing", () => {
    const plateau = new ReduceOnPlateau({ rate: 1 });
    const own = plateau.save();
    const cases: [state: unknown, error: new (message?: string) => Error, message: string][] = [
      [null, TypeError, "its state must be a record: found null"],
      [
        { ...own, rate: -1 },
        RangeError,
        "its rate must be a finite number of at least 0: found -1",
      ],
      [
        { ...own, rate: null },
        RangeError,
        "its rate must be a finite number of at least 0: found null",
      ],
      [
        { ...own, rate: "0.1" },
        RangeError,
        "its rate must be a finite number of at least 0: found 0.1",
      ],
      [
        { ...own, best: { toString: 1 } },
        RangeError,
        'its best loss must be finite or null: found {"toString":1}',
      ],
      [{ ...own, best: "3" }, RangeError, "its best loss must be finite or null: found 3"],
      [
        { ...own, best: undefined },
        RangeError,
        "its best loss must be finite or null: found undefined",
      ],
      [
        { ...own, waited: -1 },
        RangeError,
        "its count must be a whole number of at least 0: found -1",
      ],
    ];
    for (const [state, error, message] of cases) {
      assertThrows(
        () => plateau.restore(state as PlateauState),
        error,
        `Cannot restore a plateau as ${message}`,
      );
      assertEquals(plateau.save(), own);
    }
  });
});
