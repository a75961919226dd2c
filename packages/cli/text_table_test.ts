import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { textTable } from "./text_table.ts";

describe("textTable()", () => {
  it("aligns words to the left and numbers to the right", () => {
    assertEquals(
      textTable(["model", "error (%)", "change"], [["a", "4.0 ± 1.2", "-0.5"], [
        "longer",
        "10.5 ± 2",
        "+12",
      ]]),
      `model   error (%)  change
------  ---------  ------
a       4.0 ± 1.2    -0.5
longer   10.5 ± 2     +12`,
    );
  });

  it("keeps a column of numbers to the right where one is missing", () => {
    assertEquals(
      textTable(["rate", "loss"], [["0.1", "0.25"], ["100", "diverged"], ["5", "–"], ["6", ""]]),
      `rate      loss
----  --------
 0.1      0.25
 100  diverged
   5         –
   6`,
    );
  });

  it("has a header alone where there are no rows", () => {
    assertEquals(textTable(["a", "loss"], []), "a  loss\n-  ----");
  });

  it("leaves no blanks at the ends of lines", () => {
    assertEquals(
      textTable(["name", "remark"], [["a", ""], ["b", "long remark"]]),
      "name  remark\n----  -----------\na\nb     long remark",
    );
  });

  it("refuses a row of another length than the header", () => {
    for (const row of [["a"], ["a", "b", "c"]]) {
      const error = assertThrows(() => textTable(["x", "y"], [["1", "2"], row]), TypeError);
      assertEquals(
        error.message,
        `Cannot make a table as each row must have 2 cells: found ${row.length} in row 1`,
      );
    }
  });
});
