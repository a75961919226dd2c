import { random } from "@gradus/random";
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { drawBeta } from "./_draw_beta.ts";

describe("drawBeta()", () => {
  it("has the mean, variance and kurtosis of Beta(alpha, alpha)", () => {
    const count = 20_000;
    for (const alpha of [0.1, 0.2, 0.5, 1, 3, 40]) {
      const stream = random(0);
      const draws = Array.from({ length: count }, () => drawBeta(alpha, stream));
      assert(draws.every((draw) => draw >= 0 && draw <= 1));
      const moment = (power: number) =>
        draws.reduce((sum, draw) => sum + (draw - 0.5) ** power, 0) / count;
      const variance = 1 / (4 * (2 * alpha + 1));
      const fourth = 3 * variance ** 2 * (1 - 2 / (2 * alpha + 3));
      const isNear = (found: number, expected: number, spread: number) =>
        Math.abs(found - expected) < 4 * spread / Math.sqrt(count);
      assert(isNear(moment(1), 0, Math.sqrt(variance)), `mean for ${alpha}`);
      assert(isNear(moment(2), variance, Math.sqrt(fourth)), `variance for ${alpha}`);
      assert(isNear(moment(4), fourth, 3 * fourth), `kurtosis for ${alpha}`);
    }
  });

  it("gives almost 0 or almost 1, and no NaN, where alpha is tiny", () => {
    const stream = random(1);
    const draws = Array.from({ length: 200 }, () => drawBeta(1e-6, stream));
    assertEquals(new Set(draws), new Set([0, 1]));
  });
});
