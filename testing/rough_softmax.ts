import type { Numbers } from "./numbers.ts";
import { Rough } from "./rough.ts";

/** The numbers of each row (along the last axis), as exact as they were given. */
export function roughRows({ shape, values }: Numbers, u: number): Rough[][] {
  const length = shape.at(-1) ?? 1;
  return Array.from(
    { length: values.length / length },
    (_, row) =>
      Array.from(
        values.subarray(row * length, (row + 1) * length),
        (value) => new Rough(value, { u }),
      ),
  );
}

/** Softmax of a row, and its logarithm: `x − max x`, `exp`, a sum, `÷` or `ln`. */
export function softmaxOf(row: readonly Rough[]): { p: Rough[]; logP: Rough[] } {
  const max = row.reduce((max, x) => x.value > max.value ? x : max);
  const distances = row.map((x) => x.minus(max));
  const exponentials = distances.map((distance) => distance.exponential());
  const sum = Rough.sum(exponentials);
  const logSum = sum.logarithm();
  return {
    p: exponentials.map((e) => e.over(sum)),
    logP: distances.map((distance) => distance.minus(logSum)),
  };
}
