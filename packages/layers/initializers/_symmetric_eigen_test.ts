import { random } from "@gradus/random";
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { assertClose } from "../_assert_close_test.ts";
import { symmetricEigen } from "./_symmetric_eigen.ts";

function rowsOf(matrix: readonly (readonly number[])[]): Float64Array[] {
  return matrix.map((row) => Float64Array.from(row));
}

function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).reduce((sum, value, i) => sum + value * b[i]!, 0);
}

describe("symmetricEigen()", () => {
  it("takes apart what has axes by hand", () => {
    const { values, vectors } = symmetricEigen(rowsOf([[2, 1], [1, 2]]));
    assertClose(values, [3, 1], 1e-15);
    assertClose(vectors[0]!, [Math.SQRT1_2, Math.SQRT1_2], 1e-15);
    assertClose(vectors[1]!.map(Math.abs), [Math.SQRT1_2, Math.SQRT1_2], 1e-15);
    assertClose([vectors[1]![0]! + vectors[1]![1]!], [0], 1e-15);
  });

  it("sorts what is diagonal already, and takes one number, and zeros", () => {
    const { values, vectors } = symmetricEigen(rowsOf([[1, 0, 0], [0, -5, 0], [0, 0, 3]]));
    assertEquals(values, [3, 1, -5]);
    assertEquals(vectors.map((vector) => [...vector]), [[0, 0, 1], [1, 0, 0], [0, 1, 0]]);
    assertClose(symmetricEigen(rowsOf([[2, 0, 1], [0, 7, 0], [1, 0, 2]])).values, [7, 3, 1], 1e-15);
    assertEquals(symmetricEigen(rowsOf([[7]])).values, [7]);
    assertEquals(symmetricEigen(rowsOf([[0, 0], [0, 0]])).values, [0, 0]);
  });

  it("finds orthonormal vectors that make up the matrix again, singular or not", () => {
    const stream = random(0);
    for (const [size, rank] of [[5, 5], [12, 12], [12, 4], [48, 48]] as const) {
      const factors = Array.from(
        { length: size },
        () => Float64Array.from({ length: rank }, () => stream.normal()),
      );
      const matrix = factors.map((a) => Float64Array.from(factors, (b) => dot(a, b)));
      const { values, vectors } = symmetricEigen(matrix.map((row) => row.slice()));
      assertEquals(values, values.toSorted((a, b) => b - a));
      vectors.forEach((vector, i) => {
        const others = vectors.map((other) => dot(vector, other));
        assertClose(others, others.map((_, j) => i === j ? 1 : 0), 1e-13);
        assert(Math.max(...vector) === Math.max(...vector.map(Math.abs)));
        const turned = matrix.map((row) => dot(row, vector));
        assertClose(
          turned.map((value) => value / values[0]!),
          vector.map((v) => v * values[i]! / values[0]!),
          1e-13,
        );
      });
      const zeros = values.slice(rank).map((value) => Math.abs(value / values[0]!));
      assert(zeros.every((value) => value < 1e-14));
    }
  });
});
