import { type Random, random } from "@gradus/random";
import { type ReduceOp, type Shape, sizeOf } from "@gradus/tensor";
import { assertAgrees, assertAgreesExactly, assertGives, gamma, magnitudes } from "./agreement.ts";
import type { Contract } from "./kernel_contract.ts";
import { blank, blankIntegers, floats, type Numbers } from "./numbers.ts";
import { normals, signs, uniforms, wholeNumbers } from "./random_numbers.ts";
import type { Trial } from "./trial.ts";

interface ReduceRow {
  /** What 1, −2, 3, 4 are folded to. */
  readonly hand: number;
  /** Numbers and what they are folded to. */
  readonly edges: readonly (readonly [x: readonly number[], y: number])[];
  /** Numbers on which every order gives the same, exact result (up to the division of a mean). */
  readonly whole: (random: Random, shape: Shape) => Numbers;
  /** Numbers on which it does not. */
  readonly real: (random: Random, shape: Shape) => Numbers;
  /** Largest error, from how many were folded, the result, and the result of the absolute values. */
  readonly error: (
    fold: { readonly count: number; readonly y: number; readonly magnitude: number },
    u: number,
  ) => number;
}

const selection = {
  whole: wholeNumbers,
  real: normals,
  error: () => 0,
};

const rows: Record<ReduceOp, ReduceRow> = {
  sum: {
    hand: 6,
    edges: [[[1, Infinity], Infinity], [[Infinity, -Infinity], NaN], [[1, NaN, 2], NaN]],
    whole: wholeNumbers,
    real: normals,
    error: ({ count, magnitude }, u) => gamma(count, u) * magnitude,
  },
  mean: {
    hand: 1.5,
    edges: [[[1, -Infinity], -Infinity], [[Infinity, -Infinity], NaN], [[1, NaN, 2], NaN]],
    whole: wholeNumbers,
    real: normals,
    // Beside the sum, 2.5 units in the last place (each is 2u) for the division.
    error: ({ count, magnitude, y }, u) => gamma(count, u) * magnitude + 5 * u * Math.abs(y),
  },
  max: {
    hand: 4,
    edges: [
      [[1, NaN, 2], NaN],
      [[NaN, NaN], NaN],
      [[-Infinity, -Infinity], -Infinity],
      [[-3, -2, -Infinity], -2],
      [[3, Infinity], Infinity],
    ],
    ...selection,
  },
  min: {
    hand: -2,
    edges: [
      [[1, NaN, 2], NaN],
      [[NaN, NaN], NaN],
      [[Infinity, Infinity], Infinity],
      [[3, 2, Infinity], 2],
      [[3, -Infinity], -Infinity],
    ],
    ...selection,
  },
  product: {
    hand: -24,
    edges: [[[2, Infinity], Infinity], [[0, Infinity], NaN], [[1, NaN, 0], NaN]],
    whole: signs,
    // So near to 1 that the product of a hundred thousand neither overflows nor vanishes.
    real: (random, shape) => uniforms(random, shape, { low: 0.99, high: 1.01 }),
    error: ({ count, magnitude }, u) => gamma(count, u) * magnitude,
  },
};

/** Every set of axes of a shape of rank 4; long and short folds of rows, columns, channels, everything. */
const folds: readonly (readonly [shape: Shape, axes: readonly number[]])[] = [
  ...Array.from({ length: 16 }, (_, set) =>
    [
      [3, 5, 2, 7],
      [0, 1, 2, 3].filter((axis) => set & (1 << axis)),
    ] as const),
  [[], []],
  [[1], [0]],
  [[17], [0]],
  [[17], []],
  [[100_003], [0]],
  [[67, 129], [0]],
  [[67, 129], [1]],
  [[67, 129], [0, 1]],
  [[2, 9, 9, 33], [0, 1, 2]],
  [[5003, 3], [0]],
  [[3, 5003], [1]],
  [[2, 3, 1, 4, 3], [1, 3]],
];

export const reductionContract: Contract<"reduce" | "argReduce"> = {
  reduce(test) {
    for (const [op, row] of Object.entries(rows) as [ReduceOp, ReduceRow][]) {
      const options = { row: `reduce.${op}` } as const;
      const trialOf = (x: Numbers, axes: readonly number[]): Trial<"x", "out"> => ({
        inputs: { x },
        outputs: { out: blank(x.shape.filter((_, axis) => !axes.includes(axis))) },
        call: (backend, { x, out }) => backend.reduce(op, x, axes, out),
      });
      test(`gives the ${op} by hand`, async (backend) => {
        await assertGives(backend, trialOf(floats([1, -2, 3, 4]), [0]), { out: [row.hand] });
      }, options);

      test(`gives the ${op} of NaN and infinities as NumPy does`, async (backend) => {
        for (const [values, y] of row.edges) {
          // In a short row, and far apart in a long one, filled up with the first.
          const long = new Float32Array(67).fill(values[0]!);
          values.slice(1).forEach((value, i) => long[66 - 30 * i] = value);
          await assertGives(backend, trialOf(floats(values), [0]), { out: [y] });
          await assertGives(backend, trialOf(floats(long), [0]), { out: [y] });
        }
      }, options);

      test(`loses no number of the ${op}`, async (backend) => {
        const stream = random(1);
        await Promise.all(folds.map(([shape, axes]) => {
          const trial = trialOf(row.whole(stream, shape), axes);
          const count = countOf(shape, axes);
          return assertAgrees(backend, trial, ({ out }, u) => ({
            // All of the error is a mean's division.
            out: Array.from(
              out,
              (y) => op === "mean" ? row.error({ count, y, magnitude: 0 }, u) : 0,
            ),
          }));
        }));
      }, options);

      test(`rounds the ${op} no more than so many operations may`, async (backend) => {
        const stream = random(2);
        await Promise.all(folds.map(([shape, axes]) => {
          const trial = trialOf(row.real(stream, shape), axes);
          const count = countOf(shape, axes);
          return assertAgrees(backend, trial, async ({ out }, u) => {
            const { out: magnitude } = await magnitudes(trial);
            return {
              out: Array.from(out, (y, i) => row.error({ count, y, magnitude: magnitude[i]! }, u)),
            };
          });
        }));
      }, options);
    }
  },

  argReduce(test) {
    const trialOf = (op: "argmax" | "argmin", x: Numbers, axis: number): Trial<"x", "out"> => ({
      inputs: { x },
      outputs: { out: blankIntegers(x.shape.filter((_, own) => own !== axis)) },
      call: (backend, { x, out }) => backend.argReduce(op, x, axis, out),
    });
    test("finds the first of equal numbers", async (backend) => {
      const x = floats([1, 3, 3, 0, 0, 2, 2, 2, 2, 2], [2, 5]);
      await assertGives(backend, trialOf("argmax", x, 1), { out: [1, 0] });
      await assertGives(backend, trialOf("argmin", x, 1), { out: [3, 0] });
      await assertGives(backend, trialOf("argmax", x, 0), { out: [1, 0, 0, 1, 1] });
    });
    test("finds the first NaN", async (backend) => {
      const x = floats([1, NaN, Infinity, NaN, NaN, -Infinity, 0, NaN, 5, 5, 5, NaN], [3, 4]);
      await assertGives(backend, trialOf("argmax", x, 1), { out: [1, 0, 3] });
      await assertGives(backend, trialOf("argmin", x, 1), { out: [1, 0, 3] });
    });
    test("finds infinities, and the first where all are infinite", async (backend) => {
      const x = floats([1, Infinity, -Infinity, Infinity], [1, 4]);
      await assertGives(backend, trialOf("argmax", x, 1), { out: [1] });
      await assertGives(backend, trialOf("argmin", x, 1), { out: [2] });
      for (const value of [Infinity, -Infinity]) {
        const all = floats(new Array(17).fill(value));
        await assertGives(backend, trialOf("argmax", all, 0), { out: [0] });
        await assertGives(backend, trialOf("argmin", all, 0), { out: [0] });
      }
    });
    test("takes 0 and -0 for equal", async (backend) => {
      const x = floats([-0, 0, -0, 0, -0, 0, -0, 0]);
      await assertGives(backend, trialOf("argmax", x, 0), { out: [0] });
      await assertGives(backend, trialOf("argmin", x, 0), { out: [0] });
    });
    test("searches along any axis of any shape", async (backend) => {
      const stream = random(3);
      const shapes: Shape[] = [
        [1],
        [17],
        [100_003],
        [67, 129],
        [129, 10],
        [3, 5, 2, 7],
        [2, 3, 1, 4, 3],
      ];
      for (const shape of shapes) {
        for (const [axis] of shape.entries()) {
          for (const op of ["argmax", "argmin"] as const) {
            // Whole numbers have many ties, the others none.
            await assertAgreesExactly(backend, trialOf(op, wholeNumbers(stream, shape), axis));
            await assertAgreesExactly(backend, trialOf(op, normals(stream, shape), axis));
          }
        }
      }
    });
  },
};

function countOf(shape: Shape, axes: readonly number[]): number {
  return sizeOf(axes.map((axis) => shape[axis]!));
}
