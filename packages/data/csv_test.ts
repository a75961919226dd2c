import { assertEquals, assertInstanceOf, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { readCsv } from "./csv.ts";

const columns = { width: "number", colour: "label" } as const;
const file = "boxes.csv";

function refuses(text: string, message: string): void {
  const error = assertThrows(() => readCsv(text, { columns, file }), SyntaxError);
  assertEquals(error.message, message);
}

describe("readCsv()", () => {
  it("reads numbers to float64 and labels to int32 in order of first appearance", () => {
    const table = readCsv("colour,width\nred,1\nblue,-2.5e-1\nred,.5\n", { columns });
    assertEquals(table.rows, 3);
    assertEquals(table.columns.width, { data: new Float64Array([1, -0.25, 0.5]), shape: [3] });
    assertEquals(table.columns.colour, {
      data: new Int32Array([0, 1, 0]),
      shape: [3],
      classes: ["red", "blue"],
    });
    assertInstanceOf(table.columns.width.data, Float64Array);
  });

  it("labels in the order of given classes", () => {
    const classes = { colour: ["blue", "green", "red"] };
    const table = readCsv("colour\nred\nblue\n", { columns: { colour: "label" }, classes });
    assertEquals(table.columns.colour.data, new Int32Array([2, 0]));
    assertEquals(table.columns.colour.classes, ["blue", "green", "red"]);
  });

  it("leaves out the columns that were not asked for, empty cells and all", () => {
    const table = readCsv(",id,width\n0,,5\n1,,6\n", { columns: { width: "number" } });
    assertEquals(table.columns, { width: { data: new Float64Array([5, 6]), shape: [2] } });
  });

  it("reads the same with a byte order mark, with each line ending, with blank lines", () => {
    const text = 'width,colour\n1,"a ""b"", c"\n2,"two\nlines"\n';
    const expected = readCsv(text, { columns });
    assertEquals(expected.columns.colour.classes, ['a "b", c', "two\nlines"]);
    assertEquals(readCsv(`\uFEFF${text}`, { columns }), expected);
    assertEquals(readCsv(text.replaceAll("\n", "\r\n"), { columns }), expected);
    assertEquals(readCsv(text.replaceAll("\n", "\r"), { columns }), expected);
    assertEquals(readCsv(text.trimEnd(), { columns }), expected);
    assertEquals(
      readCsv(`\n${text.replace("colour\n", "colour\n\n\r\n")}\n\n`, { columns }),
      expected,
    );
  });

  it("reads columns by any name", () => {
    const table = readCsv("__proto__,constructor\n1,a\n", {
      columns: { ["__proto__"]: "number", constructor: "label" },
      classes: {},
    });
    assertEquals(Object.keys(table.columns), ["__proto__", "constructor"]);
    assertEquals(table.columns.constructor.classes, ["a"]);
  });

  it("reads each finite number that JavaScript writes in decimal", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        const table = readCsv(`width\n${value}\n`, { columns: { width: "number" } });
        assertEquals(table.columns.width.data[0], value);
      }),
    );
  });

  it("refuses cells that are not finite decimal numbers", () => {
    const cells = ["1e", "0x10", "Infinity", "-Infinity", "NaN", "1e999", " 1", "1 ", "1_000"];
    for (const cell of [...cells, "1.2.3", "e5", ".", "+", "0b1", "5n", "five", "١"]) {
      refuses(
        `width,colour\n1,red\n${cell},red\n`,
        `Cannot read "width" in boxes.csv line 3 as it must be a finite decimal number: ` +
          `found "${cell}"`,
      );
    }
    refuses(
      'width,colour\n1,red\n"1,5",red\n',
      'Cannot read "width" in boxes.csv line 3 as it must be a finite decimal number: found "1,5"',
    );
  });

  it("refuses empty cells", () => {
    refuses(
      "width,colour\n,red\n",
      'Cannot read "width" in boxes.csv line 2 as a cell must not be empty: found ""',
    );
    refuses(
      "width,colour\n1,\n",
      'Cannot read "colour" in boxes.csv line 2 as a cell must not be empty: found ""',
    );
    refuses(
      "width,colour\n1,  \n",
      'Cannot read "colour" in boxes.csv line 2 as a cell must not be empty: found "  "',
    );
    refuses(
      'width,colour\n"",red\n',
      'Cannot read "width" in boxes.csv line 2 as a cell must not be empty: found ""',
    );
  });

  it("refuses labels with blanks around them", () => {
    refuses(
      "width,colour\n1,red\n1, red\n",
      'Cannot read "colour" in boxes.csv line 3 as a label must not begin or end with a blank: ' +
        'found " red"',
    );
  });

  it("refuses ragged rows", () => {
    refuses(
      "width,colour\n1,red\n1\n",
      "Cannot read boxes.csv line 3 as the header has 2 cells: found 1",
    );
    refuses(
      "width,colour\n1,red,\n",
      "Cannot read boxes.csv line 2 as the header has 2 cells: found 3",
    );
  });

  it("refuses a text without a header, without its columns or with one of them twice", () => {
    refuses("", "Cannot read boxes.csv as it must begin with a header: found no line");
    refuses("\uFEFF\r\n\n", "Cannot read boxes.csv as it must begin with a header: found no line");
    refuses(
      "1,red\n2,blue\n",
      'Cannot read boxes.csv line 1 as the header must name "width": found 1,red',
    );
    refuses(
      "\nwidth, colour\n",
      'Cannot read boxes.csv line 2 as the header must name "colour": found width, colour',
    );
    refuses(
      "width,colour,width\n1,red,2\n",
      'Cannot read boxes.csv line 1 as the header must name "width" once: ' +
        "found width,colour,width",
    );
  });

  it("refuses a header without rows", () => {
    refuses(
      "width,colour\r\n",
      "Cannot read boxes.csv as rows must follow the header: found none",
    );
  });

  it("refuses a label that is not one of the given classes", () => {
    const options = { columns, classes: { colour: ["red", "blue"] }, file };
    assertThrows(
      () => readCsv("width,colour\n1,blue\n2,constructor\n", options),
      SyntaxError,
      'Cannot read "colour" in boxes.csv line 3 as it must be one of red, blue: ' +
        'found "constructor"',
    );
  });

  it("refuses classes that are given twice", () => {
    assertThrows(
      () =>
        readCsv("colour\nred\n", { columns: { colour: "label" }, classes: { colour: ["a", "a"] } }),
      RangeError,
      'Cannot read "colour" as its classes must differ: found a, a',
    );
  });

  it("refuses quotes out of place and names the line on which the record begins", () => {
    for (const record of ['1,r"e"d', '1,"red" ', '1,"r"ed', '1,"red\n2,blue', '"1,red\n2,"blue']) {
      refuses(
        `width,colour\n0,"two\nlines"\n\n${record}\n`,
        "Cannot read boxes.csv line 5 as quotes must enclose whole cells: found one that does not",
      );
    }
  });

  it("counts lines as an editor does, over quoted line breaks and blank lines", () => {
    refuses(
      'width,colour\r\n\r\n1,"a\r\n\r\nb"\r\n\r\n2,c\r\nthree,d\r\n',
      'Cannot read "width" in boxes.csv line 8 as it must be a finite decimal number: ' +
        'found "three"',
    );
  });

  it("shows as much of a cell or a header as a message has room for", () => {
    const long = "x".repeat(1_000_000);
    refuses(
      `width,colour\n${long},red`,
      `Cannot read "width" in boxes.csv line 2 as it must be a finite decimal number: found "${
        "x".repeat(199)
      }…`,
    );
    refuses(
      long,
      `Cannot read boxes.csv line 1 as the header must name "width": found ${"x".repeat(200)}…`,
    );
  });

  it("calls a text without a name the CSV text", () => {
    assertThrows(
      () => readCsv("width\n", { columns: { width: "number" } }),
      SyntaxError,
      "Cannot read the CSV text as rows must follow the header: found none",
    );
  });
});
