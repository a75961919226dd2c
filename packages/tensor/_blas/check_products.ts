import type { BlasMachine } from "./blas_machine.ts";

/** `[m, k, n]` that take different ways through OpenBLAS: small, by blocks, a long sum. */
const LENGTHS = [[7, 9, 15], [67, 131, 130], [16, 1100, 16]] as const;

/**
 * Checks products of whole numbers, which float32 holds exactly. A library that was built or told
 * (`OPENBLAS_CORETYPE`) for another processor may compute nonsense.
 *
 * @throws {Error} If a number is wrong.
 */
export function checkProducts(lent: BlasMachine): void {
  const { heap } = lent.machine;
  for (const [m, k, n] of LENGTHS) {
    const [a, b] = [wholeNumbers(m * k, 3), wholeNumbers(k * n, 5)];
    const product = multiply(a, b, [m, k, n]);
    const sizeBytes = 4 * (m * k + k * n + m * n);
    const address = heap.allocate(sizeBytes, "the check of OpenBLAS");
    const place = { a: address, b: address + 4 * m * k, c: address + 4 * (m * k + k * n) };
    for (const transposeA of [false, true]) {
      for (const transposeB of [false, true]) {
        heap.floats.set(transposeA ? transpose(a, m, k) : a, place.a / 4);
        heap.floats.set(transposeB ? transpose(b, k, n) : b, place.b / 4);
        for (const accumulate of [false, true]) {
          lent.multiply(0, {
            m,
            n,
            k,
            ...place,
            aStride: transposeA ? m : k,
            transposeA,
            bStride: transposeB ? k : n,
            transposeB,
            cStride: n,
            accumulate,
          });
          const found = heap.floats.subarray(place.c / 4, place.c / 4 + m * n);
          const times = accumulate ? 2 : 1;
          const wrong = found.findIndex((value, i) => value !== times * product[i]!);
          if (wrong < 0) continue;
          throw new Error(
            `Cannot use OpenBLAS (${lent.blas.description}) as its products must be right: found ${
              found[wrong]
            } for ${times * product[wrong]!} in a product of [${m}, ${k}] by [${k}, ${n}]`,
          );
        }
      }
    }
    heap.release(address, sizeBytes);
  }
}

/** Whole numbers from −4 to 4. */
function wholeNumbers(count: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (state * 48271) % 2147483647;
    return state % 9 - 4;
  });
}

function multiply(
  a: Float32Array,
  b: Float32Array,
  [m, k, n]: readonly [number, number, number],
): Float32Array {
  const product = new Float32Array(m * n);
  for (let row = 0; row < m; row++) {
    for (let inner = 0; inner < k; inner++) {
      const factor = a[row * k + inner]!;
      for (let column = 0; column < n; column++) {
        product[row * n + column]! += factor * b[inner * n + column]!;
      }
    }
  }
  return product;
}

function transpose(x: Float32Array, rows: number, columns: number): Float32Array {
  return x.map((_, at) => x[(at % rows) * columns + Math.floor(at / rows)]!);
}
