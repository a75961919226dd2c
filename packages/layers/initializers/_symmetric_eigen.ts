/** Eigenvalues in falling order, and the eigenvector of each, of length 1. */
export interface Eigen {
  readonly values: readonly number[];
  readonly vectors: readonly Float64Array[];
}

/** Convergence is quadratic, and under 10 do; a bound all the same, since nothing else ends the loop. */
const MAX_SWEEPS = 50;

/**
 * Takes a symmetric matrix apart, `A = Σᵢ valueᵢ · vectorᵢ · vectorᵢᵀ`.
 *
 * Jacobi's method: rotations in the plane of two axes, each of which makes one number beside the diagonal
 * zero. It uses + − × ÷ √ alone, so that every engine finds the same numbers. The largest number of each
 * vector is positive.
 *
 * Source: Golub and Van Loan, Matrix computations, §8.5.
 *
 * @param matrix Its rows, which are overwritten.
 */
export function symmetricEigen(matrix: readonly Float64Array[]): Eigen {
  const vectors = matrix.map((row, i) => row.map((_, j) => i === j ? 1 : 0));
  for (let sweep = 0; sweep < MAX_SWEEPS && !isDiagonal(matrix); sweep++) {
    for (let p = 0; p < matrix.length; p++) {
      for (let q = p + 1; q < matrix.length; q++) rotate(matrix, vectors, [p, q]);
    }
  }
  const order = [...matrix.keys()].sort((i, j) => matrix[j]![j]! - matrix[i]![i]!);
  return {
    values: order.map((i) => matrix[i]![i]!),
    vectors: order.map((i) => withPositiveLargest(vectors[i]!)),
  };
}

/** Turns axes p and q until `matrix[p][q]` is zero; the rows of `vectors` are the axes. */
function rotate(
  matrix: readonly Float64Array[],
  vectors: readonly Float64Array[],
  [p, q]: readonly [number, number],
): void {
  const [rowP, rowQ] = [matrix[p]!, matrix[q]!];
  if (rowP[q] === 0) return;
  // The smaller root of t² + 2θt − 1 = 0 is the tangent of the angle.
  const theta = (rowQ[q]! - rowP[p]!) / (2 * rowP[q]!);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const cosine = 1 / Math.sqrt(t * t + 1);
  const sine = t * cosine;
  for (const row of matrix) {
    const [a, b] = [row[p]!, row[q]!];
    row[p] = cosine * a - sine * b;
    row[q] = sine * a + cosine * b;
  }
  for (const [first, second] of [[rowP, rowQ], [vectors[p]!, vectors[q]!]] as const) {
    for (let i = 0; i < first.length; i++) {
      const [a, b] = [first[i]!, second[i]!];
      first[i] = cosine * a - sine * b;
      second[i] = sine * a + cosine * b;
    }
  }
  rowP[q] = 0;
  rowQ[p] = 0;
}

/** Whether what is beside the diagonal is lost in the rounding of what is on it. */
function isDiagonal(matrix: readonly Float64Array[]): boolean {
  let [on, beside] = [0, 0];
  matrix.forEach((row, i) =>
    row.forEach((value, j) => {
      if (i === j) on += value * value;
      else beside += value * value;
    })
  );
  return beside <= 1e-32 * on;
}

function withPositiveLargest(vector: Float64Array): Float64Array {
  const largest = vector.reduce((most, value) => Math.abs(value) > Math.abs(most) ? value : most);
  return largest < 0 ? vector.map((value) => -value) : vector;
}
