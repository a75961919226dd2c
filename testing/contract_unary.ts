import { random } from "@gradus/random";
import type { ActivationOp, Backend, UnaryOp } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import {
  assertAgrees,
  assertAgreesExactly,
  assertGives,
  assertIdentical,
  assertWithin,
} from "./agreement.ts";
import type { Contract } from "./kernel_contract.ts";
import { blank, floats, type Numbers } from "./numbers.ts";
import { normals, uniforms } from "./random_numbers.ts";
import { shapes } from "./random_shapes.ts";
import { runTrial } from "./trial.ts";

/** `α` of the rows that have one. */
const ALPHA = 0.25;

interface UnaryRow {
  /** Number and result. */
  readonly hand: readonly (readonly [x: number, y: number])[];
  /** Infinity, NaN and their like, as NumPy (or the limit) has them. */
  readonly edges: readonly (readonly [x: number, y: number])[];
  /** Where random numbers come from. */
  readonly from: readonly [low: number, high: number];
  /** Largest error of the result, in units of u. */
  readonly error: (x: number, y: number) => number;
}

// How far a function may be off is added up from what a backend has to compute it with. The least that
// is asked of exp, log and ÷ is what WGSL asks (§15.7.4): 3 + 2|x| units in the last place for exp, 2.5
// for ÷, 3 for log but 2⁻²¹ near 1. A unit in the last place is 2u. Functions that are a difference of
// larger numbers, such as 1 − e⁻²ˣ, are held to the error of those.
const DIVISION = 5;
const exponential = (x: number) => (6 + 4 * Math.abs(x)) * Math.exp(x);
const logarithm = (y: number) => Math.max(8, 6 * Math.abs(y));
const logistic = (x: number) => 1 / (1 + Math.exp(-x));
// s = 1 / (1 + e⁻ˣ): the error of e⁻ˣ counts by its share 1 − s of the sum, then sum and division.
const logisticError = (x: number) =>
  ((6 + 4 * Math.abs(x)) * (1 - logistic(x)) + 1 + DIVISION) * logistic(x);
/** A polynomial for erf such as Abramowitz and Stegun's 7.1.26 is off by 1.5e-7, 2.5u, and rounds. */
const ERROR_FUNCTION = 8;

const exact = () => 0;

const unaryRows: Record<UnaryOp, UnaryRow> = {
  relu: {
    hand: [[2, 2], [-2, 0], [0, 0]],
    edges: [[Infinity, Infinity], [-Infinity, 0], [NaN, NaN]],
    from: [-3, 3],
    error: exact,
  },
  leakyRelu: {
    hand: [[2, 2], [-2, -0.5], [0, 0]],
    edges: [[Infinity, Infinity], [-Infinity, -Infinity], [NaN, NaN]],
    from: [-3, 3],
    error: (x, y) => x < 0 ? 2 * Math.abs(y) : 0, // α is rounded, and the product
  },
  elu: {
    hand: [[2, 2], [0, 0], [-Math.LN2, -0.125]],
    edges: [[Infinity, Infinity], [-Infinity, -ALPHA], [NaN, NaN], [-1000, -ALPHA]],
    from: [-6, 3],
    error: (x, y) => x < 0 ? ALPHA * exponential(x) + 3 * Math.abs(y) : 0,
  },
  gelu: {
    hand: [[0, 0], [1, 0.8413447460685429], [-1, -0.15865525393145707]],
    edges: [[Infinity, Infinity], [-Infinity, 0], [NaN, NaN], [40, 40], [-40, 0]],
    from: [-6, 6],
    // x · (1 + erf) / 2: the error of erf, and the sum's, which is at most 2.
    error: (x, y) => Math.abs(x) * (ERROR_FUNCTION + 2) / 2 + 3 * Math.abs(y),
  },
  silu: {
    hand: [[0, 0], [1, 0.7310585786300049], [-1, -0.2689414213699951]],
    edges: [[Infinity, Infinity], [-Infinity, 0], [NaN, NaN], [1000, 1000], [-1000, 0]],
    from: [-20, 20],
    error: (x, y) => Math.abs(x) * logisticError(x) + Math.abs(y),
  },
  softplus: {
    hand: [[0, Math.LN2], [1, 1.3132616875182228]],
    edges: [[Infinity, Infinity], [-Infinity, 0], [NaN, NaN], [1000, 1000], [-1000, 0]],
    from: [-20, 20],
    // max(x, 0) + ln(1 + e⁻|x|).
    error: (x, y) => exponential(-Math.abs(x)) + 2 + logarithm(0) + Math.abs(y),
  },
  sigmoid: {
    hand: [[0, 0.5], [1, 0.7310585786300049], [-1, 0.2689414213699951]],
    edges: [[Infinity, 1], [-Infinity, 0], [NaN, NaN], [1000, 1], [-1000, 0]],
    from: [-20, 20],
    error: logisticError,
  },
  tanh: {
    hand: [[0, 0], [1, 0.7615941559557649], [-1, -0.7615941559557649]],
    edges: [[Infinity, 1], [-Infinity, -1], [NaN, NaN], [100, 1], [-100, -1]],
    from: [-6, 6],
    // ±(1 − e) / (1 + e) with e = exp(−2|x|): e counts in both, then two sums and a division.
    error: (x) => 2 * exponential(-2 * Math.abs(x)) + 2 + DIVISION,
  },
  arctan: {
    hand: [[0, 0], [1, Math.PI / 4], [-1, -Math.PI / 4]],
    edges: [[Infinity, Math.PI / 2], [-Infinity, -Math.PI / 2], [NaN, NaN]],
    from: [-6, 6],
    // A polynomial, ±1/x and a part of π: a few roundings each, and a division.
    error: (_x, y) => 10 * Math.abs(y),
  },
  negate: {
    hand: [[2, -2], [-3, 3]],
    edges: [[Infinity, -Infinity], [NaN, NaN]],
    from: [-3, 3],
    error: exact,
  },
  absolute: {
    hand: [[2, 2], [-3, 3]],
    edges: [[-Infinity, Infinity], [NaN, NaN]],
    from: [-3, 3],
    error: exact,
  },
  sign: {
    hand: [[2, 1], [-3, -1], [0, 0]],
    edges: [[Infinity, 1], [-Infinity, -1], [NaN, NaN]],
    from: [-3, 3],
    error: exact,
  },
  reciprocal: {
    hand: [[2, 0.5], [-4, -0.25]],
    edges: [[0, Infinity], [Infinity, 0], [NaN, NaN]],
    from: [0.1, 4],
    error: (_x, y) => DIVISION * Math.abs(y),
  },
  square: {
    hand: [[3, 9], [-0.5, 0.25]],
    edges: [[-Infinity, Infinity], [NaN, NaN]],
    from: [-3, 3],
    error: (_x, y) => y,
  },
  sqrt: {
    hand: [[9, 3], [0.25, 0.5], [0, 0]],
    edges: [[Infinity, Infinity], [-1, NaN], [NaN, NaN]],
    from: [0, 9],
    // WGSL has it as 1 ÷ inverseSqrt, and the latter to 2 units in the last place.
    error: (_x, y) => (4 + DIVISION) * y,
  },
  exp: {
    hand: [[0, 1], [1, Math.E], [-1, 1 / Math.E]],
    edges: [[Infinity, Infinity], [-Infinity, 0], [NaN, NaN], [1000, Infinity], [-1000, 0]],
    from: [-20, 20],
    error: exponential,
  },
  log: {
    hand: [[1, 0], [2, Math.LN2], [0.5, -Math.LN2]],
    edges: [[Infinity, Infinity], [0, -Infinity], [-1, NaN], [NaN, NaN]],
    from: [0.01, 100],
    error: (_x, y) => logarithm(y),
  },
  sin: {
    hand: [[0, 0], [1, 0.8414709848078965], [-1, -0.8414709848078965]],
    edges: [[Infinity, NaN], [NaN, NaN]],
    from: [-20, 20],
    // x is reduced by a multiple of π, rounded in proportion to x; then a polynomial.
    error: (x) => 4 * Math.abs(x) + 8,
  },
  cos: {
    hand: [[0, 1], [1, 0.5403023058681398]],
    edges: [[Infinity, NaN], [NaN, NaN]],
    from: [-20, 20],
    error: (x) => 4 * Math.abs(x) + 8,
  },
  erf: {
    hand: [[0, 0], [1, 0.8427007929497149], [-1, -0.8427007929497149]],
    edges: [[Infinity, 1], [-Infinity, -1], [NaN, NaN], [40, 1], [-40, -1]],
    from: [-5, 5],
    error: () => ERROR_FUNCTION,
  },
  floor: {
    hand: [[1.5, 1], [-1.5, -2], [3, 3], [2 ** 24, 2 ** 24]],
    edges: [[Infinity, Infinity], [-Infinity, -Infinity], [NaN, NaN], [-3e38, -3e38]],
    from: [-9, 9],
    error: exact,
  },
  ceil: {
    hand: [[1.5, 2], [-1.5, -1], [3, 3], [2 ** 24, 2 ** 24]],
    edges: [[Infinity, Infinity], [-Infinity, -Infinity], [NaN, NaN], [3e38, 3e38]],
    from: [-9, 9],
    error: exact,
  },
  round: {
    hand: [[0.5, 0], [1.5, 2], [2.5, 2], [-0.5, 0], [-1.5, -2], [0.49999997, 0], [-2.75, -3]],
    edges: [[Infinity, Infinity], [-Infinity, -Infinity], [NaN, NaN], [2 ** 23 + 1, 2 ** 23 + 1]],
    from: [-9, 9],
    error: exact,
  },
};

interface SlopeRow {
  /** Number and slope; at a kink the slope from below. */
  readonly hand: readonly (readonly [x: number, slope: number])[];
  /** Slopes at NaN, Infinity and −Infinity, as PyTorch has them. */
  readonly edges: readonly [atNaN: number, atInfinity: number, atMinusInfinity: number];
  /** Largest error of the slope, in units of u; that of `y`, which is given rounded, included. */
  readonly error: (x: number, slope: number) => number;
}

const density = (x: number) => Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);

const slopeRows: Record<ActivationOp, SlopeRow> = {
  relu: { hand: [[2, 1], [-2, 0], [0, 0]], edges: [1, 1, 0], error: exact },
  leakyRelu: {
    hand: [[2, 1], [-2, ALPHA], [0, ALPHA]],
    edges: [ALPHA, 1, ALPHA],
    error: (x) => x > 0 ? 0 : ALPHA,
  },
  // y + α, where y was rounded, or α · eˣ.
  elu: {
    hand: [[2, 1], [0, ALPHA], [-Math.LN2, ALPHA / 2]],
    edges: [NaN, 1, 0],
    error: (x) => x > 0 ? 0 : ALPHA * exponential(x) + 3 * ALPHA,
  },
  // Φ + x · φ: erf as in gelu; φ has exp of −x²/2, three products beside it.
  gelu: {
    hand: [[0, 0.5], [1, 1.083315470890687], [-1, -0.083315470890687]],
    edges: [NaN, NaN, NaN],
    error: (x, slope) =>
      (ERROR_FUNCTION + 2) / 2 + (6 + 2 * x * x + 5) * Math.abs(x) * density(x) +
      Math.abs(slope) + 1,
  },
  // s + x · s · (1 − s), where 1 − s is as far off as s.
  silu: {
    hand: [[0, 0.5], [1, 0.9276705118714869], [-1, 0.07232948812851325]],
    edges: [NaN, NaN, NaN],
    error: (x, slope) => {
      const s = logistic(x);
      const own = logisticError(x);
      return own + Math.abs(x) * (own * (1 - s) + s * (own + 1)) + 4 * (Math.abs(slope) + s);
    },
  },
  softplus: {
    hand: [[0, 0.5], [1, 0.7310585786300049]],
    edges: [NaN, 1, 0],
    error: (x) => logisticError(x),
  },
  // y · (1 − y), from the given y or anew.
  sigmoid: {
    hand: [[0, 0.25], [1, 0.19661193324148185]],
    edges: [NaN, 0, 0],
    error: (x, slope) => 2 * logisticError(x) + 3 * slope,
  },
  // 1 − y².
  tanh: {
    hand: [[0, 1], [1, 0.41997434161402614]],
    edges: [NaN, 0, 0],
    error: (x) => 2 * unaryRows.tanh.error(x, Math.tanh(x)) + 4,
  },
  arctan: {
    hand: [[0, 1], [1, 0.5], [-2, 0.2]],
    edges: [NaN, 0, 0],
    error: (_x, slope) => (3 + DIVISION) * slope,
  },
};

export const unaryContract: Contract<"unary" | "unaryGradient"> = {
  unary(test) {
    for (const [op, row] of Object.entries(unaryRows) as [UnaryOp, UnaryRow][]) {
      const assertRow = async (
        backend: Backend,
        cases: UnaryRow["hand"],
        error: UnaryRow["error"],
      ) => {
        const x = floats(cases.map(([x]) => x));
        const { out } = await runTrial(backend, {
          inputs: { x },
          outputs: { out: blank(x.shape) },
          call: (backend, { x, out }) => backend.unary(op, x, out, ALPHA),
        });
        assertWithin(out, Float64Array.from(cases, ([, y]) => y), {
          // In any number type: here the number itself may have been rounded to float32.
          bound: cases.map(([x, y]) => 2 ** -24 * (error(x, y) + 2 * Math.abs(y))),
          float: backend.float,
          name: op,
        });
      };

      test(`gives ${op} by hand`, (backend) => assertRow(backend, row.hand, row.error), {
        row: `unary.${op}`,
      });

      test(`gives ${op} of NaN, infinities and large numbers`, (backend) => {
        return assertRow(backend, row.edges, exact);
      }, { row: `unary.${op}` });

      test(`gives ${op} of every shape, in place too`, async (backend) => {
        const [low, high] = row.from;
        await Promise.all(shapes.map(async (shape) => {
          const x = uniforms(random(1), shape, { low, high });
          const bound = (exact: ArrayLike<number>, u: number) =>
            Array.from(exact, (y, i) => u * row.error(x.values[i]!, y));
          await assertAgrees(backend, {
            inputs: { x },
            outputs: { out: blank(shape) },
            call: (backend, { x, out }) => backend.unary(op, x, out, ALPHA),
          }, ({ out }, u) => ({ out: bound(out, u) }));
          if (x.values.length > 10_000) return;
          await assertAgrees(backend, {
            inputs: {},
            outputs: { x },
            call: (backend, { x }) => backend.unary(op, x, x, ALPHA),
          }, ({ x }, u) => ({ x: bound(x, u) }));
        }));
      }, { row: `unary.${op}` });
    }

    test("keeps the sign of zero", async (backend) => {
      const signed: [UnaryOp, number, number][] = [
        ["negate", 0, -0],
        ["absolute", -0, 0],
        ["sign", -0, 0],
        ["reciprocal", -0, -Infinity],
        ["reciprocal", -Infinity, -0],
        ["sqrt", -0, -0],
        ["floor", -0, -0],
        ["ceil", -0.5, -0],
        ["round", -0.5, -0],
        ["sin", -0, -0],
        ["tanh", -0, -0],
        ["arctan", -0, -0],
        ["erf", -0, -0],
      ];
      for (const [op, x, y] of signed) {
        const { out } = await runTrial(backend, {
          inputs: { x: floats([x]) },
          outputs: { out: blank([1]) },
          call: (backend, { x, out }) => backend.unary(op, x, out),
        });
        assertIdentical(out, [y], `${op} of ${Object.is(x, -0) ? "-0" : x}`);
      }
    }, { needs: "signedZeros" });

    test("keeps subnormal numbers", async (backend) => {
      const tiny = floats([2 ** -127, -(2 ** -149), 2 ** -149]);
      for (const op of ["relu", "negate", "absolute", "sign", "floor", "ceil", "round"] as const) {
        await assertAgreesExactly(backend, {
          inputs: { tiny },
          outputs: { out: blank([3]) },
          call: (backend, { tiny, out }) => backend.unary(op, tiny, out),
        });
      }
    }, { needs: "subnormals" });
  },

  unaryGradient(test) {
    for (const [op, row] of Object.entries(slopeRows) as [ActivationOp, SlopeRow][]) {
      test(`gives the slope of ${op} by hand`, async (backend) => {
        const x = floats(row.hand.map(([x]) => x));
        const { dx } = await runTrial(backend, {
          inputs: { x, y: await activated(op, x), dy: floats(row.hand.map(() => 2)) },
          outputs: { dx: blank(x.shape) },
          call: (backend, { x, y, dy, dx }) => backend.unaryGradient(op, { x, y, dy }, dx, ALPHA),
        });
        assertWithin(dx, Float64Array.from(row.hand, ([, slope]) => 2 * slope), {
          bound: row.hand.map(([x, slope]) =>
            2 ** -23 * (row.error(x, slope) + 2 * Math.abs(slope))
          ),
          float: backend.float,
          name: `the slope of ${op}`,
        });
      }, { row: `unaryGradient.${op}` });

      test(`gives the slope of ${op} at NaN and infinities as PyTorch does`, async (backend) => {
        const x = floats([NaN, Infinity, -Infinity]);
        await assertGives(backend, {
          inputs: { x, y: await activated(op, x), dy: floats([1, 1, 1]) },
          outputs: { dx: blank([3]) },
          call: (backend, { x, y, dy, dx }) => backend.unaryGradient(op, { x, y, dy }, dx, ALPHA),
        }, { dx: [...row.edges] });
      }, { row: `unaryGradient.${op}` });

      test(
        `gives the gradient of ${op} in every shape, in place of x, y or dy`,
        async (backend) => {
          const [low, high] = unaryRows[op].from;
          await Promise.all(shapes.map(async (shape) => {
            const x = uniforms(random(1), shape, { low, high });
            const dy = normals(random(2), shape);
            const all = { x, y: await activated(op, x), dy };
            const bound = (exact: ArrayLike<number>, u: number) =>
              Array.from(exact, (dx, i) => {
                const slope = dy.values[i] === 0 ? 0 : dx / dy.values[i]!;
                return u *
                  (Math.abs(dy.values[i]!) * row.error(x.values[i]!, slope) + Math.abs(dx));
              });
            await assertAgrees(backend, {
              inputs: all,
              outputs: { dx: blank(shape) },
              call: (backend, { dx, ...all }) => backend.unaryGradient(op, all, dx, ALPHA),
            }, ({ dx }, u) => ({ dx: bound(dx, u) }));
            if (x.values.length > 10_000) return;
            const { y, ...others } = all;
            await assertAgrees(backend, {
              inputs: { x, y },
              outputs: { dy },
              call: (backend, { dy, ...all }) =>
                backend.unaryGradient(op, { ...all, dy }, dy, ALPHA),
            }, ({ dy }, u) => ({ dy: bound(dy, u) }));
            await assertAgrees(backend, {
              inputs: { y, dy },
              outputs: { x },
              call: (backend, { x, ...all }) => backend.unaryGradient(op, { ...all, x }, x, ALPHA),
            }, ({ x }, u) => ({ x: bound(x, u) }));
            await assertAgrees(backend, {
              inputs: others,
              outputs: { y },
              call: (backend, { y, ...all }) => backend.unaryGradient(op, { ...all, y }, y, ALPHA),
            }, ({ y }, u) => ({ y: bound(y, u) }));
          }));
        },
        { row: `unaryGradient.${op}` },
      );

      test(`hands NaN in dy on through ${op}`, async (backend) => {
        const x = floats([1, -1, 0.5]);
        await assertGives(backend, {
          inputs: { x, y: await activated(op, x), dy: floats([NaN, NaN, NaN]) },
          outputs: { dx: floats([5, 5, 5]) },
          call: (backend, { x, y, dy, dx }) => backend.unaryGradient(op, { x, y, dy }, dx, ALPHA),
        }, { dx: [NaN, NaN, NaN] });
      }, { row: `unaryGradient.${op}` });
    }
  },
};

/** `y = op(x)`, rounded to float32, for the gradients. */
async function activated(op: ActivationOp, x: Numbers): Promise<Numbers> {
  const { y } = await runTrial(reference({ dtype: "float64" }), {
    inputs: { x },
    outputs: { y: blank(x.shape) },
    call: (backend, { x, y }) => backend.unary(op, x, y, ALPHA),
  });
  return floats(y, x.shape);
}
