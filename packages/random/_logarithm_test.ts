import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { logarithm } from "./_logarithm.ts";
import { random } from "./random.ts";

/** Three units in the last place of a logarithm: a unit is at most 2^−52 of the number. */
const TOLERANCE = 3 * Number.EPSILON;

describe("logarithm()", () => {
  it("gives the logarithms that Python's decimal does, within three units", () => {
    // from decimal import Decimal, getcontext
    // getcontext().prec = 40
    // for x in [2.0**-104, 2.0**-52, 1e-10, 0.1, …, 1 - 2.0**-53]:
    //     print(float(Decimal(x).ln()))
    const golden: [x: number, logarithm: number][] = [
      [2 ** -104, -72.0873067782343],
      [2 ** -52, -36.04365338911715],
      [1e-10, -23.025850929940457],
      [0.1, -2.3025850929940455],
      [0.25, -1.3862943611198906],
      [0.5, -0.6931471805599453],
      [0.7, -0.35667494393873245],
      [0.7071067811865475, -0.34657359027997275],
      [0.7071067811865476, -0.3465735902799726],
      [0.9, -0.10536051565782628],
      [0.99999, -1.0000050000287824e-05],
      [1 - 2 ** -53, -1.1102230246251565e-16],
    ];
    for (const [x, expected] of golden) {
      assert(Math.abs(logarithm(x) / expected - 1) <= TOLERANCE, `${x}: ${logarithm(x)}`);
    }
  });

  it("agrees with Math.log, which engines keep within a unit", () => {
    const stream = random(1);
    for (let draw = 0; draw < 20_000; draw++) {
      const x = stream.uniform() * 2 ** -stream.integer(60);
      assert(Math.abs(logarithm(x) / Math.log(x) - 1) <= TOLERANCE + Number.EPSILON, `${x}`);
    }
  });

  it("of 1 is 0", () => assertEquals(logarithm(1), 0));
});
