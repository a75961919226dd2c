import { assertEquals } from "@std/assert";
import { pieceOfTwoOverPi, wordsOfTwoOverPi } from "./two_over_pi.ts";

/** ⌊2ⁿ / x⌋-scaled arctan(1 / x) by its series. */
function arctanOfInverse(x: bigint, scale: bigint): bigint {
  let [term, sum] = [scale / x, 0n];
  for (let n = 1n; term !== 0n; n += 2n) {
    sum += n % 4n === 1n ? term / n : -(term / n);
    term /= x * x;
  }
  return sum;
}

Deno.test("pieceOfTwoOverPi() gives the bits of 2 / π, by Machin's formula", () => {
  const scale = 1n << 300n;
  const pi = 4n * (4n * arctanOfInverse(5n, scale) - arctanOfInverse(239n, scale));
  const bits = (2n * scale << 224n) / pi;
  for (let first = 0; first <= 200; first++) {
    const piece = Number((bits >> BigInt(200 - first)) & 0xffffffn);
    assertEquals(pieceOfTwoOverPi(first), piece * 2 ** -(first + 24));
  }
});

Deno.test("wordsOfTwoOverPi() are the pieces, as float64", () => {
  const pieces = new Float64Array(new Int32Array(wordsOfTwoOverPi()).buffer);
  assertEquals(pieces.length, 200);
  assertEquals(pieces[0]! + pieces[24]! + pieces[48]!, 2 / Math.PI);
  assertEquals(pieces[175], pieceOfTwoOverPi(175));
});
