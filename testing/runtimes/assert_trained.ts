import { assert, assertEquals } from "@std/assert";
import type { Report } from "./report.ts";

/** Asserts that both networks learnt, twice the same. */
export function assertTrained({ iris, perceptron }: Report): void {
  for (const [[one, other], accuracy] of [[iris, 0.9], [perceptron, 1]] as const) {
    assertEquals(one, other);
    assert(one.losses.at(-1)! < one.losses[0]! / 4, `losses are ${one.losses}`);
    assert(one.accuracy >= accuracy, `accuracy is ${one.accuracy}`);
  }
}
