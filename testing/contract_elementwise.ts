import { random } from "@gradus/random";
import { hash } from "@gradus/random/hash";
import type { BinaryOp, CompareOp } from "@gradus/tensor";
import { assert } from "@std/assert";
import { assertAgrees, assertAgreesExactly, assertGives, assertIdentical } from "./agreement.ts";
import type { Contract } from "./kernel_contract.ts";
import { blank, floats, integers, type Numbers } from "./numbers.ts";
import { normals, uniforms, wholeNumbers } from "./random_numbers.ts";
import { broadcastPatterns, shapes } from "./random_shapes.ts";
import { runTrial } from "./trial.ts";

interface BinaryRow {
  /** Operands and result, each exact in float32. */
  readonly hand: readonly (readonly [a: number, b: number, y: number])[];
  /** Infinity, NaN and their like, as NumPy has them. */
  readonly edges: readonly (readonly [a: number, b: number, y: number])[];
  /** Where random operands come from, if not from all numbers. */
  readonly positive?: boolean;
  /** Largest error of the result, in units of u. */
  readonly error: (a: number, b: number, y: number) => number;
}

/** One rounding: IEEE 754 asks for it of + − ×, and so does WGSL. */
const rounded = (_a: number, _b: number, y: number) => Math.abs(y);

const binaryRows: Record<BinaryOp, BinaryRow> = {
  add: {
    hand: [[1, 2, 3], [-1.5, 0.25, -1.25]],
    edges: [[Infinity, 1, Infinity], [Infinity, -Infinity, NaN], [NaN, 1, NaN]],
    error: rounded,
  },
  subtract: {
    hand: [[1, 2, -1], [-1.5, 0.25, -1.75]],
    edges: [[Infinity, Infinity, NaN], [1, Infinity, -Infinity], [1, NaN, NaN]],
    error: rounded,
  },
  multiply: {
    hand: [[3, -2, -6], [0.5, 0.25, 0.125]],
    edges: [[Infinity, 0, NaN], [-Infinity, 2, -Infinity], [NaN, 0, NaN]],
    error: rounded,
  },
  divide: {
    hand: [[6, -2, -3], [1, 4, 0.25]],
    edges: [
      [1, 0, Infinity],
      [-1, 0, -Infinity],
      [0, 0, NaN],
      [1, Infinity, 0],
      [Infinity, Infinity, NaN],
      [NaN, 1, NaN],
    ],
    // 2.5 units in the last place are the most that WGSL allows; a unit is 2u.
    error: (_a, _b, y) => 5 * Math.abs(y),
  },
  power: {
    hand: [[2, 3, 8], [9, 0.5, 3], [-2, 3, -8], [-2, 2, 4], [2, -1, 0.5], [0, 3, 0]],
    edges: [
      [0, 0, 1],
      [0, -1, Infinity],
      [-8, 0.5, NaN],
      [NaN, 0, 1],
      [1, NaN, 1],
      [NaN, 1, NaN],
      [-1, Infinity, 1],
      [2, Infinity, Infinity],
      [2, -Infinity, 0],
      [0.5, Infinity, 0],
      [0.5, -Infinity, Infinity],
      [Infinity, -1, 0],
      [-Infinity, 3, -Infinity],
      [-Infinity, 2, Infinity],
    ],
    positive: true,
    // As exp(b · ln a): the error of the logarithm is scaled by b and becomes one of the exponent,
    // beside those of the product and of the exponential. See `unaryRows` for both.
    error: (a, b, y) => {
      const log = Math.log(Math.abs(a));
      return Math.abs(y) *
        (Math.abs(b) * Math.max(8, 6 * Math.abs(log)) + 5 * Math.abs(b * log) + 6);
    },
  },
  maximum: {
    hand: [[1, 2, 2], [-1, -2, -1]],
    edges: [[NaN, 1, NaN], [1, NaN, NaN], [-Infinity, 1, 1], [Infinity, 1, Infinity]],
    error: () => 0,
  },
  minimum: {
    hand: [[1, 2, 1], [-1, -2, -2]],
    edges: [[NaN, 1, NaN], [1, NaN, NaN], [-Infinity, 1, -Infinity], [Infinity, 1, 1]],
    error: () => 0,
  },
};

/** Whether the comparison holds of 1 and 2, of 2 and 2, of 2 and 1. */
const compareRows: Record<CompareOp, readonly [less: number, same: number, greater: number]> = {
  equal: [0, 1, 0],
  notEqual: [1, 0, 1],
  less: [1, 0, 0],
  lessEqual: [1, 1, 0],
  greater: [0, 0, 1],
  greaterEqual: [0, 1, 1],
};

export const elementwiseContract: Contract<
  "fill" | "copy" | "binary" | "compare" | "where" | "dropout"
> = {
  fill(test) {
    test("overwrites every number of the operand and none behind it", async (backend) => {
      for (const shape of shapes) {
        for (const value of [0, -2.5, NaN, -Infinity]) {
          await assertAgreesExactly(backend, {
            inputs: {},
            outputs: { out: blank(shape) },
            call: (backend, { out }) => backend.fill(value, out),
          });
        }
      }
    });
    test("fills int32", async (backend) => {
      for (const value of [0, 7, -(2 ** 31), 2 ** 31 - 1, 2 ** 24 + 1]) {
        await assertGives(backend, {
          inputs: {},
          outputs: { out: integers([1, 2, 3]) },
          call: (backend, { out }) => backend.fill(value, out),
        }, { out: [value, value, value] });
      }
    });
  },

  copy(test) {
    test("copies any numbers to another shape of the same size", async (backend) => {
      for (const shape of shapes) {
        const x = normals(random(1), shape);
        await assertGives(backend, {
          inputs: { x },
          outputs: { out: blank([1, x.values.length]) },
          call: (backend, { x, out }) => backend.copy(x, out),
        }, { out: x.values });
      }
      const edges = [NaN, Infinity, -Infinity];
      await assertGives(backend, {
        inputs: { x: floats(edges) },
        outputs: { out: blank([3]) },
        call: (backend, { x, out }) => backend.copy(x, out),
      }, { out: edges });
    });
    test("leaves numbers that are copied onto themselves", async (backend) => {
      await assertGives(backend, {
        inputs: {},
        outputs: { x: floats([1, 2, 3]) },
        call: (backend, { x }) => backend.copy(x, x),
      }, { x: [1, 2, 3] });
    });
    test("cuts fractions towards zero for int32", async (backend) => {
      await assertGives(backend, {
        inputs: { x: floats([1.9, -1.9, 0.5, -0.5, 3, -7, 2 ** 24, -(2 ** 31)]) },
        outputs: { out: integers([9, 9, 9, 9, 9, 9, 9, 9]) },
        call: (backend, { x, out }) => backend.copy(x, out),
      }, { out: [1, -1, 0, 0, 3, -7, 2 ** 24, -(2 ** 31)] });
    });
    test("converts int32 to real numbers", async (backend) => {
      const values = [0, 1, -1, 2 ** 24, -(2 ** 24), -(2 ** 31)];
      await assertGives(backend, {
        inputs: { x: integers(values) },
        outputs: { out: blank([6]) },
        call: (backend, { x, out }) => backend.copy(x, out),
      }, { out: values });
    });
    test("copies int32 without passing through float32", async (backend) => {
      const values = [2 ** 24 + 1, -(2 ** 31), 2 ** 31 - 1];
      await assertGives(backend, {
        inputs: { x: integers(values) },
        outputs: { out: integers([0, 0, 0]) },
        call: (backend, { x, out }) => backend.copy(x, out),
      }, { out: values });
    });
  },

  binary(test) {
    for (const [op, row] of Object.entries(binaryRows) as [BinaryOp, BinaryRow][]) {
      const error = (a: number, b: number, y: number) => y === 0 ? 0 : row.error(a, b, y);
      const columns = (cases: BinaryRow["hand"]) => ({
        a: floats(cases.map(([a]) => a)),
        b: floats(cases.map(([, b]) => b)),
        y: floats(cases.map(([, , y]) => y)),
      });

      test(`gives ${op} by hand`, async (backend) => {
        const { a, b, y } = columns(row.hand);
        await assertAgrees(backend, {
          inputs: { a, b },
          outputs: { out: blank(a.shape) },
          call: (backend, { a, b, out }) => backend.binary(op, a, b, out),
        }, (exact, u) => {
          assertIdentical(exact.out, y.values, "the oracle");
          return { out: Array.from(y.values, (y, i) => u * error(a.values[i]!, b.values[i]!, y)) };
        });
      }, { row: `binary.${op}` });

      test(`gives ${op} of NaN and infinities as NumPy does`, async (backend) => {
        const { a, b, y } = columns(row.edges);
        await assertGives(backend, {
          inputs: { a, b },
          outputs: { out: blank(a.shape) },
          call: (backend, { a, b, out }) => backend.binary(op, a, b, out),
        }, { out: y.values });
      }, { row: `binary.${op}` });

      const draw = (seed: number, shape: readonly number[]) =>
        row.positive
          ? uniforms(random(seed), shape, { low: 0.1, high: 4 })
          : normals(random(seed), shape);

      test(`gives ${op} of equal shapes, in place too`, async (backend) => {
        await Promise.all(shapes.map(async (shape) => {
          const [a, b] = [draw(2, shape), draw(3, shape)];
          const bound = (exact: ArrayLike<number>, u: number) =>
            Array.from(exact, (y, i) => u * error(a.values[i]!, b.values[i]!, y));
          await assertAgrees(backend, {
            inputs: { a, b },
            outputs: { out: blank(shape) },
            call: (backend, { a, b, out }) => backend.binary(op, a, b, out),
          }, ({ out }, u) => ({ out: bound(out, u) }));
          if (a.values.length > 10_000) return;
          await assertAgrees(backend, {
            inputs: { b },
            outputs: { a },
            call: (backend, { a, b }) => backend.binary(op, a, b, a),
          }, ({ a }, u) => ({ a: bound(a, u) }));
          await assertAgrees(backend, {
            inputs: { a },
            outputs: { b },
            call: (backend, { a, b }) => backend.binary(op, a, b, b),
          }, ({ b }, u) => ({ b: bound(b, u) }));
        }));
      }, { row: `binary.${op}` });

      test(`gives ${op} of a tensor with itself`, async (backend) => {
        const x = draw(4, [67]);
        await assertAgrees(backend, {
          inputs: {},
          outputs: { x },
          call: (backend, { x }) => backend.binary(op, x, x, x),
        }, (exact, u) => ({
          x: Array.from(exact.x, (y, i) => u * error(x.values[i]!, x.values[i]!, y)),
        }));
      }, { row: `binary.${op}` });

      test(`broadcasts ${op} as NumPy does`, async (backend) => {
        const stream = random(5);
        await Promise.all(
          broadcastPatterns(stream, { operands: 2, count: 40 }).map(({ shape, operands }) => {
            // Whole numbers: which operand went where is the question, not the rounding.
            const [a, b] = operands.map((operand) =>
              row.positive
                ? uniforms(stream, operand, { low: 0.1, high: 4 })
                : wholeNumbers(stream, operand)
            ) as [Numbers, Numbers];
            return assertAgrees(backend, {
              inputs: { a, b },
              outputs: { out: blank(shape) },
              call: (backend, { a, b, out }) => backend.binary(op, a, b, out),
              // No operand has a larger error than these two, the farthest from 1 and from 0.
            }, (exact, u) => ({ out: Array.from(exact.out, (y) => u * error(0.1, 4, y)) }));
          }),
        );
      }, { row: `binary.${op}` });

      test(`takes numbers for operands of ${op}`, async (backend) => {
        const x = draw(6, [3, 17]);
        for (const scalar of [1.5, 2 ** -20]) {
          await assertAgrees(backend, {
            inputs: { x },
            outputs: { left: blank(x.shape), right: blank(x.shape), both: blank(x.shape) },
            call: (backend, { x, left, right, both }) => {
              backend.binary(op, scalar, x, left);
              backend.binary(op, x, scalar, right);
              backend.binary(op, scalar, 2, both);
            },
          }, ({ left, right, both }, u) => ({
            left: Array.from(left, (y, i) => u * error(scalar, x.values[i]!, y)),
            right: Array.from(right, (y, i) => u * error(x.values[i]!, scalar, y)),
            both: Array.from(both, (y) => u * error(scalar, 2, y)),
          }));
        }
      }, { row: `binary.${op}` });

      test(`takes NaN and infinities for operands of ${op}`, async (backend) => {
        const x = floats([1.5, -2, 0.5, 3, NaN]);
        for (const scalar of [NaN, Infinity, -Infinity]) {
          await assertAgreesExactly(backend, {
            inputs: { x },
            outputs: { left: blank(x.shape), right: blank(x.shape) },
            call: (backend, { x, left, right }) => {
              backend.binary(op, scalar, x, left);
              backend.binary(op, x, scalar, right);
            },
          });
        }
      }, { row: `binary.${op}` });
    }

    test("overflows to infinity", async (backend) => {
      if (backend.float === "float64") return; // these numbers are far from its end
      await assertGives(backend, {
        inputs: { large: floats([3e38, -3e38]) },
        outputs: { sum: blank([2]), product: blank([2]) },
        call: (backend, { large, sum, product }) => {
          backend.binary("add", large, large, sum);
          backend.binary("multiply", large, large, product);
        },
      }, { sum: [Infinity, -Infinity], product: [Infinity, Infinity] });
    });

    test("keeps the sign of zero", async (backend) => {
      const run = (op: BinaryOp, a: number, b: number) =>
        runTrial(backend, {
          inputs: { a: floats([a]), b: floats([b]) },
          outputs: { out: blank([1]) },
          call: (backend, { a, b, out }) => backend.binary(op, a, b, out),
        });
      assertIdentical((await run("add", -0, -0)).out, [-0], "-0 + -0");
      assertIdentical((await run("add", -0, 0)).out, [0], "-0 + 0");
      assertIdentical((await run("subtract", -0, 0)).out, [-0], "-0 - 0");
      assertIdentical((await run("multiply", -0, 3)).out, [-0], "-0 · 3");
      assertIdentical((await run("divide", 1, -0)).out, [-Infinity], "1 / -0");
      assertIdentical((await run("divide", 1, -Infinity)).out, [-0], "1 / -Infinity");
    }, { needs: "signedZeros" });

    test("keeps subnormal numbers", async (backend) => {
      await assertAgreesExactly(backend, {
        inputs: { a: floats([2 ** -127, 2 ** -149, 2 ** -126]), b: floats([0.5, 2, 0.5]) },
        outputs: { product: blank([3]), largest: blank([3]), sum: blank([3]) },
        call: (backend, { a, b, product, largest, sum }) => {
          backend.binary("multiply", a, b, product);
          backend.binary("maximum", a, 0, largest);
          backend.binary("add", a, a, sum);
        },
      });
    }, { needs: "subnormals" });
  },

  compare(test) {
    for (const [op, truth] of Object.entries(compareRows) as [CompareOp, readonly number[]][]) {
      const row = { row: `compare.${op}` } as const;

      test(`gives ${op} by hand`, async (backend) => {
        await assertGives(backend, {
          inputs: { a: floats([1, 2, 2]), b: floats([2, 2, 1]) },
          outputs: { out: blank([3]) },
          call: (backend, { a, b, out }) => backend.compare(op, a, b, out),
        }, { out: truth });
      }, row);

      test(`gives ${op} of NaN, infinities and -0`, async (backend) => {
        const nan = op === "notEqual" ? 1 : 0;
        const [less, same, greater] = truth as [number, number, number];
        await assertGives(backend, {
          inputs: {
            a: floats([NaN, 1, NaN, Infinity, -Infinity, Infinity, -Infinity, -0]),
            b: floats([1, NaN, NaN, Infinity, Infinity, 3e38, -Infinity, 0]),
          },
          outputs: { out: blank([8]) },
          call: (backend, { a, b, out }) => backend.compare(op, a, b, out),
        }, { out: [nan, nan, nan, same, less, greater, same, same] });
      }, row);

      test(`gives ${op} of every shape, in place too`, async (backend) => {
        await Promise.all(shapes.map(async (shape) => {
          const [a, b] = [wholeNumbers(random(7), shape), wholeNumbers(random(8), shape)];
          await assertAgreesExactly(backend, {
            inputs: { a, b },
            outputs: { out: blank(shape) },
            call: (backend, { a, b, out }) => backend.compare(op, a, b, out),
          });
          if (a.values.length > 10_000) return;
          await assertAgreesExactly(backend, {
            inputs: { b },
            outputs: { a },
            call: (backend, { a, b }) => backend.compare(op, a, b, a),
          });
        }));
      }, row);

      test(`broadcasts ${op}, and takes numbers`, async (backend) => {
        const stream = random(9);
        await Promise.all(
          broadcastPatterns(stream, { operands: 2, count: 20 }).map(({ shape, operands }) => {
            const [a, b] = operands.map((operand) => wholeNumbers(stream, operand)) as [
              Numbers,
              Numbers,
            ];
            return assertAgreesExactly(backend, {
              inputs: { a, b },
              outputs: { out: blank(shape), left: blank(b.shape), right: blank(a.shape) },
              call: (backend, { a, b, out, left, right }) => {
                backend.compare(op, a, b, out);
                backend.compare(op, 1, b, left);
                backend.compare(op, a, -0.5, right);
              },
            });
          }),
        );
      }, row);

      test(`gives ${op} of int32, which float32 cannot tell apart`, async (backend) => {
        const large = 2 ** 24 + 1;
        await assertGives(backend, {
          inputs: {
            a: integers([large - 1, large, large, -1]),
            b: integers([large, large, large - 1, 2 ** 31 - 1]),
          },
          outputs: { out: blank([4]), right: blank([4]), left: blank([4]), half: blank([4]) },
          call: (backend, { a, b, out, right, left, half }) => {
            backend.compare(op, a, b, out);
            backend.compare(op, a, large, right);
            backend.compare(op, large, b, left);
            backend.compare(op, a, -0.5, half);
          },
        }, {
          out: [...truth, truth[0]!],
          right: [truth[0]!, truth[1]!, truth[1]!, truth[0]!],
          left: [truth[1]!, truth[1]!, truth[2]!, truth[0]!],
          half: [truth[2]!, truth[2]!, truth[2]!, truth[0]!],
        });
      }, row);
    }
  },

  where(test) {
    test("chooses by hand; NaN is not zero, and -0 is", async (backend) => {
      await assertGives(backend, {
        inputs: {
          condition: floats([1, 0, -0.5, NaN, -0]),
          a: floats([1, 2, NaN, 4, 5]),
          b: floats([-1, -2, -3, -4, Infinity]),
        },
        outputs: { out: blank([5]) },
        call: (backend, { condition, a, b, out }) => backend.where(condition, a, b, out),
      }, { out: [1, -2, NaN, 4, Infinity] });
    });
    test("chooses in every shape, in place too", async (backend) => {
      for (const shape of shapes) {
        const [condition, a, b] = [1, 2, 3].map((seed) => wholeNumbers(random(seed), shape)) as [
          Numbers,
          Numbers,
          Numbers,
        ];
        await assertAgreesExactly(backend, {
          inputs: { condition, a, b },
          outputs: { out: blank(shape) },
          call: (backend, { condition, a, b, out }) => backend.where(condition, a, b, out),
        });
        await assertAgreesExactly(backend, {
          inputs: { a, b },
          outputs: { condition },
          call: (backend, { condition, a, b }) => backend.where(condition, a, b, condition),
        });
        await assertAgreesExactly(backend, {
          inputs: { condition, a },
          outputs: { b },
          call: (backend, { condition, a, b }) => backend.where(condition, a, b, b),
        });
      }
    });
    test("broadcasts all three, and takes numbers", async (backend) => {
      const stream = random(10);
      await Promise.all(
        broadcastPatterns(stream, { operands: 3, count: 40 }).map(({ shape, operands }) => {
          const [condition, a, b] = operands.map((operand) => wholeNumbers(stream, operand)) as [
            Numbers,
            Numbers,
            Numbers,
          ];
          return assertAgreesExactly(backend, {
            inputs: { condition, a, b },
            outputs: { out: blank(shape), numbers: blank(condition.shape) },
            call: (backend, { condition, a, b, out, numbers }) => {
              backend.where(condition, a, b, out);
              backend.where(condition, NaN, -Infinity, numbers);
            },
          });
        }),
      );
    });
  },

  dropout(test) {
    test("drops the elements that the hash says, and scales the others", async (backend) => {
      const stream = random(11);
      for (const rate of [0, 0.1, 0.5, 0.9]) {
        for (const [key, step] of [[0, 0], [1, 0], [0xdead_beef, 3], [7, 2 ** 32 - 1]] as const) {
          // Long enough for several threads once.
          const shape = key === 1 && rate === 0.5 ? [100_003] : key === 7 ? [47] : [3, 67];
          const x = uniforms(stream, shape, { low: 1, high: 2 });
          const { out } = await runTrial(backend, {
            inputs: { x },
            outputs: { out: blank(shape) },
            call: (backend, { x, out }) => backend.dropout(x, { rate, key, step }, out),
          });
          const dropped = Array.from(out, (y) => y === 0);
          assert(
            dropped.every((isDropped, i) => isDropped === hash(key, step, i) < rate * 2 ** 32),
            `another mask at rate ${rate}, key ${key}, step ${step}`,
          );
          await assertAgrees(backend, {
            inputs: {},
            outputs: { x },
            call: (backend, { x }) => backend.dropout(x, { rate, key, step }, x),
            // 1 − rate is rounded once, and the division may take 2.5 units in the last place.
          }, (exact, u) => ({ x: Array.from(exact.x, (y) => 6 * u * Math.abs(y)) }));
        }
      }
    });
    test("compares all 32 bits of the hash with the rate", async (backend) => {
      for (const element of [0, 5, 16]) {
        const bits = hash(21, 22, element);
        for (
          const [rate, isDropped] of [[bits / 2 ** 32, false], [
            (bits + 1) / 2 ** 32,
            true,
          ]] as const
        ) {
          const { x } = await runTrial(backend, {
            inputs: {},
            outputs: { x: floats(new Float32Array(17).fill(1)) },
            call: (backend, { x }) => backend.dropout(x, { rate, key: 21, step: 22 }, x),
          });
          assert((x[element] === 0) === isDropped, `element ${element} at rate ${rate}`);
        }
      }
    });
    test("drops NaN and infinities, and lets those through that it keeps", async (backend) => {
      const x = floats(Array.from({ length: 40 }, (_, i) => i % 2 === 0 ? NaN : Infinity));
      await assertAgreesExactly(backend, {
        inputs: { x },
        outputs: { out: blank([40]) },
        call: (backend, { x, out }) => backend.dropout(x, { rate: 0.5, key: 1, step: 2 }, out),
      });
    });
  },
};
