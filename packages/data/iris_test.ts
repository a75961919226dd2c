import { assertAlmostEquals, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { iris } from "./iris.ts";

describe("iris()", () => {
  it("has 150 flowers of 4 measures, 50 of each species in turn", () => {
    const { x, y, features, classes } = iris();
    assertEquals(x.shape, [150, 4]);
    assertEquals(x.data.length, 600);
    assertEquals(y.shape, [150]);
    assertEquals(y.data, Int32Array.from({ length: 150 }, (_, row) => Math.floor(row / 50)));
    assertEquals(classes, ["setosa", "versicolor", "virginica"]);
    assertEquals(features, [
      "sepal length (cm)",
      "sepal width (cm)",
      "petal length (cm)",
      "petal width (cm)",
    ]);
  });

  it("has the sums, the extremes and the class means of scikit-learn's copy", () => {
    // from sklearn.datasets import load_iris
    // x = load_iris().data; x.sum(0); x.min(0); x.max(0); x.reshape(3, 50, 4).mean(1)
    const expected = [
      { sum: 876.5, least: 4.3, most: 7.9, means: [5.006, 5.936, 6.588] },
      { sum: 458.6, least: 2.0, most: 4.4, means: [3.428, 2.770, 2.974] },
      { sum: 563.7, least: 1.0, most: 6.9, means: [1.462, 4.260, 5.552] },
      { sum: 179.9, least: 0.1, most: 2.5, means: [0.246, 1.326, 2.026] },
    ];
    const { x } = iris();
    expected.forEach(({ sum, least, most, means }, j) => {
      const column = Array.from({ length: 150 }, (_, row) => x.data[4 * row + j]);
      const total = (values: number[]) => values.reduce((a, b) => a + b);
      assertAlmostEquals(total(column), sum, 1e-4);
      assertEquals(Math.min(...column), Math.fround(least));
      assertEquals(Math.max(...column), Math.fround(most));
      means.forEach((mean, label) => {
        assertAlmostEquals(total(column.slice(50 * label, 50 * label + 50)) / 50, mean, 1e-6);
      });
    });
  });

  it("is Fisher's table and not the copy in the UCI repository", () => {
    const { data } = iris().x;
    assertEquals(data.slice(4 * 34, 4 * 35), new Float32Array([4.9, 3.1, 1.5, 0.2]));
    assertEquals(data.slice(4 * 37, 4 * 38), new Float32Array([4.9, 3.6, 1.4, 0.1]));
  });

  it("gives a copy that its caller may change", () => {
    iris().x.data[0] = 0;
    assertEquals(iris().x.data[0], Math.fround(5.1));
  });
});
