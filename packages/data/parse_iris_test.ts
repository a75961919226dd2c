import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { iris } from "./iris.ts";
import { parseIris } from "./parse_iris.ts";

const header = "sepal_length,sepal_width,petal_length,petal_width,species";

describe("parseIris()", () => {
  it("reads what iris() holds", () => {
    const { x, y, classes } = iris();
    const lines = Array.from(
      y.data,
      (label, row) =>
        [
          ...Array.from(x.data.slice(4 * row, 4 * row + 4), (value) => value.toFixed(1)),
          classes[label],
        ].join(","),
    );
    assertEquals(parseIris([header, ...lines].join("\n")), iris());
  });

  it("labels as iris() does, whichever species comes first", () => {
    const { y } = parseIris(`${header}\n1,2,3,4,virginica\n1,2,3,4,setosa\n`);
    assertEquals(y, { data: new Int32Array([2, 0]), shape: [2] });
  });

  it("refuses another species and names the file and the line", () => {
    assertThrows(
      () => parseIris(`${header}\n1,2,3,4,Iris-setosa\n`, { file: "flowers.csv" }),
      SyntaxError,
      'Cannot read "species" in flowers.csv line 2 as it must be one of setosa, versicolor, ' +
        'virginica: found "Iris-setosa"',
    );
  });
});
