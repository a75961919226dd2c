import { assert } from "@std/assert";
import type { MemoryFacts } from "./memory_facts.ts";

/**
 * Asserts that a program holds no more in the last third of its time than in the second: the least of
 * each counts, as buffers come and go. The first third warms up.
 *
 * @param options How much more is none yet.
 */
export function assertSteady(
  facts: readonly MemoryFacts[],
  options: { readonly objectBytes: number; readonly processBytes: number },
): void {
  const third = Math.floor(facts.length / 3);
  assert(third > 0, `there must be three measurements at least: there are ${facts.length}`);
  for (const kind of ["objectBytes", "processBytes"] as const) {
    const least = (from: number, to: number) =>
      Math.min(...facts.slice(from, to).map((entry) => entry[kind]));
    const [before, after] = [least(third, 2 * third), least(2 * third, facts.length)];
    assert(
      after - before <= options[kind],
      `${kind} grew from ${before} to ${after}, by more than ${options[kind]}`,
    );
  }
}
