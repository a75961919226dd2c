import { random } from "@gradus/random";
import type { Epilogue, Shape } from "@gradus/tensor";
import { assertAgrees, assertAgreesExactly, assertGives, gamma, magnitudes } from "./agreement.ts";
import type { Contract } from "./kernel_contract.ts";
import { blank, floats, type Numbers } from "./numbers.ts";
import { normals, wholeNumbers } from "./random_numbers.ts";
import type { Trial } from "./trial.ts";

interface Product {
  /** `[m, k, n]`. */
  readonly lengths: readonly [m: number, k: number, n: number];
  readonly transposeA?: boolean;
  readonly transposeB?: boolean;
  readonly accumulate?: boolean;
  readonly hasBias?: boolean;
  readonly activation?: Epilogue["activation"];
}

/** Vectors, odd lengths, multiples of a tile, one more and one less, more than one tile, a long sum. */
const lengths: readonly Product["lengths"][] = [
  [1, 1, 1],
  [1, 17, 1],
  [17, 1, 17],
  [2, 3, 4],
  [5, 7, 3],
  [6, 8, 8],
  [7, 9, 15],
  [16, 16, 16],
  [31, 33, 17],
  [67, 129, 33],
  [64, 32, 128],
  [1, 784, 10],
  [129, 3, 67],
  [3, 5000, 2],
];

const orientations = [false, true].flatMap((transposeA) =>
  [false, true].map((transposeB) => ({ transposeA, transposeB }))
);

export const matmulContract: Contract<"matmul"> = {
  matmul(test) {
    test("multiplies by hand", async (backend) => {
      await assertGives(backend, {
        inputs: { a: floats([1, 2, 3, 4, 5, 6], [2, 3]), b: floats([1, 0, 0, 1, -1, 2], [3, 2]) },
        outputs: { out: blank([2, 2]) },
        call: (backend, { a, b, out }) => backend.matmul(a, b, {}, out),
      }, { out: [-2, 8, -2, 17] });
    });
    test("adds the bias to each row, then takes relu", async (backend) => {
      const trial = (activation: "relu" | null): Trial<"a" | "b" | "bias", "out"> => ({
        inputs: {
          a: floats([1, 2, 3, 4], [2, 2]),
          b: floats([1, -1, 1, -1], [2, 2]),
          bias: floats([10, 5]),
        },
        outputs: { out: blank([2, 2]) },
        call: (backend, { a, b, bias, out }) => backend.matmul(a, b, { bias, activation }, out),
      });
      await assertGives(backend, trial(null), { out: [13, 2, 17, -2] });
      await assertGives(backend, trial("relu"), { out: [13, 2, 17, 0] });
    });
    test("adds to what is there before bias and relu", async (backend) => {
      await assertGives(backend, {
        inputs: { a: floats([1, 1], [2, 1]), b: floats([1, -1], [1, 2]), bias: floats([1, 2]) },
        outputs: { out: floats([10, 20, -30, -40], [2, 2]) },
        call: (backend, { a, b, bias, out }) =>
          backend.matmul(a, b, { accumulate: true, bias, activation: "relu" }, out),
      }, { out: [12, 21, 0, 0] });
    });
    test("loses no term in any shape and orientation", async (backend) => {
      const stream = random(1);
      for (const mkn of lengths) {
        await Promise.all(orientations.map((orientation) =>
          assertAgreesExactly(
            backend,
            trialOf({ lengths: mkn, ...orientation }, (shape) => wholeNumbers(stream, shape)),
          )
        ));
      }
    });
    test("loses no term of a product that is worth several threads", async (backend) => {
      const stream = random(5);
      for (const orientation of orientations) {
        await assertAgreesExactly(
          backend,
          trialOf(
            { lengths: [131, 259, 130], ...orientation },
            (shape) => wholeNumbers(stream, shape),
          ),
        );
      }
    });
    test("rounds no more than a sum of k products, in any shape and orientation", async (backend) => {
      const stream = random(2);
      for (const mkn of lengths) {
        await Promise.all(orientations.map((orientation) => {
          const trial = trialOf(
            { lengths: mkn, ...orientation },
            (shape) => normals(stream, shape),
          );
          return assertAgrees(backend, trial, (_exact, u) => bound(trial, mkn[1], u));
        }));
      }
    });
    test("has every epilogue in every orientation", async (backend) => {
      const stream = random(3);
      for (const mkn of [[5, 7, 3], [33, 17, 65]] as const) {
        for (const orientation of orientations) {
          await Promise.all(
            [0, 1, 2, 3, 4, 5, 6, 7].map(async (options) => {
              const product: Product = {
                lengths: mkn,
                ...orientation,
                accumulate: (options & 1) !== 0,
                hasBias: (options & 2) !== 0,
                activation: (options & 4) !== 0 ? "relu" : null,
              };
              await assertAgreesExactly(
                backend,
                trialOf(product, (shape) => wholeNumbers(stream, shape)),
              );
              const trial = trialOf(product, (shape) => normals(stream, shape));
              await assertAgrees(backend, trial, (_exact, u) => bound(trial, mkn[1], u));
            }),
          );
        }
      }
    });
    test("multiplies a matrix by itself", async (backend) => {
      const a = wholeNumbers(random(4), [17, 17]);
      await assertAgreesExactly(backend, {
        inputs: { a },
        outputs: { out: blank([17, 17]) },
        call: (backend, { a, out }) => backend.matmul(a, a, { transposeA: true }, out),
      });
    });
    test("hands on NaN and infinities, through relu too", async (backend) => {
      for (const activation of [null, "relu"] as const) {
        await assertGives(backend, {
          inputs: {
            a: floats([NaN, 1, Infinity, 1, Infinity, Infinity, 1, 1], [4, 2]),
            b: floats([1, -1], [2, 1]),
          },
          outputs: { out: blank([4, 1]) },
          call: (backend, { a, b, out }) => backend.matmul(a, b, { activation }, out),
        }, { out: [NaN, Infinity, NaN, 0] });
      }
    });
  },
};

function trialOf(
  product: Product,
  draw: (shape: Shape) => Numbers,
): Trial<"a" | "b" | "bias", "out"> {
  const { transposeA = false, transposeB = false, accumulate = false } = product;
  const [m, k, n] = product.lengths;
  return {
    inputs: {
      a: draw(transposeA ? [k, m] : [m, k]),
      b: draw(transposeB ? [n, k] : [k, n]),
      bias: draw([n]),
    },
    outputs: { out: accumulate ? draw([m, n]) : blank([m, n]) },
    call: (backend, { a, b, bias, out }) =>
      backend.matmul(a, b, {
        transposeA,
        transposeB,
        accumulate,
        bias: product.hasBias ? bias : null,
        activation: product.activation ?? null,
      }, out),
  };
}

/** γ of k products and two more terms; relu brings no two numbers further apart. */
async function bound(trial: Trial<"a" | "b" | "bias", "out">, k: number, u: number) {
  const { out } = await magnitudes(trial);
  return { out: Array.from(out, (magnitude) => gamma(k + 2, u) * magnitude) };
}
