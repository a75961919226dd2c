import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { confusionMatrix } from "./confusion_matrix.ts";
import { parseSvg } from "./_parse_svg.ts";

const title = "Matrix";

/** The lines of each cell, and its fill. */
function cells(svg: string): { fill: string | null; lines: string[] }[] {
  return parseSvg(svg).all("g")
    .filter((group) =>
      group.firstChild?.nodeName === "rect" && group.lastChild?.nodeName === "text"
    )
    .map((group) => ({
      fill: group.getElementsByTagName("rect")[0].getAttribute("fill"),
      lines: Array.from(group.getElementsByTagName("text")).map((text) => text.textContent!),
    }));
}

describe("confusionMatrix()", () => {
  const labels = ["coat", "shirt"];

  it("has true classes in rows, with counts and shares of each row", () => {
    const shown = cells(confusionMatrix({ title, labels, counts: [[3, 1], [0, 12_000]] }));
    assertEquals(shown.map(({ lines }) => lines), [
      ["3", "75.0%"],
      ["1", "25.0%"],
      ["0"],
      ["12\u2009000", "100.0%"],
    ]);
    assertEquals([shown[2].fill, shown[3].fill], ["#f3f6fa", "#0d3f82"]);
  });

  it("never rounds to all or to nothing", () => {
    const shown = cells(confusionMatrix({ title, labels, counts: [[99_999, 1], [5, 9995]] }));
    assertEquals(shown.map(({ lines }) => lines[1]), [">99.9%", "<0.1%", "0.1%", ">99.9%"]);
  });

  it("has no colours for a class without rows", () => {
    const svg = confusionMatrix({ title, labels, counts: [[0, 0], [1, 1]], theme: "light" });
    assertEquals(cells(svg)[0], { fill: "#e4e7eb", lines: ["0"] });
  });

  it("names classes and axes and sums up", () => {
    const svg = confusionMatrix({ title, labels, counts: [[3, 1], [2, 4]], note: "Test rows." });
    const texts = parseSvg(svg).texts();
    assertEquals(texts.filter((text) => labels.includes(text)), [...labels, ...labels]);
    for (const text of ["true class", "predicted class", "% of the true class"]) {
      assert(texts.includes(text), text);
    }
    assertEquals(texts.slice(-2), ["7 of 10 are right: 70.0%", "Test rows."]);
  });

  it("describes itself to those who cannot see it", () => {
    const svg = confusionMatrix({ title, labels, counts: [[3, 1], [0, 0]] });
    assertEquals(
      parseSvg(svg).all("desc")[0].textContent,
      "Confusion matrix of 2 classes. 3 of 4 are right: 75.0%. coat: 3 of 4 (75.0%). shirt: 0 of 0 (–).",
    );
  });

  it("takes a matrix of nothing", () => {
    const svg = confusionMatrix({ title, labels, counts: [[0, 0], [0, 0]] });
    assertEquals(parseSvg(svg).texts().at(-1), "no rows");
  });

  it("grows with the number of classes and takes typed arrays", () => {
    const width = (classes: number) => {
      const counts = Array.from({ length: classes }, () => new Uint32Array(classes).fill(1));
      const names = counts.map((_, index) => `${index}`);
      const { root } = parseSvg(confusionMatrix({ title, labels: names, counts }));
      return Number(root.getAttribute("width"));
    };
    assertEquals(width(40) - width(20), 20 * (width(21) - width(20)));
  });

  it("gives the same text for the same counts", () => {
    const make = () => confusionMatrix({ title, labels, counts: [[3, 1], [2, 4]] });
    assertEquals(make(), make());
  });

  it("escapes the names of classes", () => {
    const svg = confusionMatrix({ title: "<", labels: ["<a>"], counts: [[1]], note: "&" });
    assertEquals(parseSvg(svg).texts().filter((text) => text === "<a>").length, 2);
  });
});

describe("confusionMatrix() refuses", () => {
  const refused: [
    what: string,
    labels: string[],
    counts: number[][],
    kind: typeof TypeError,
    message: string,
  ][] = [
    [
      "a matrix that is not square",
      ["a", "b"],
      [[1, 2], [3]],
      TypeError,
      "Cannot draw a confusion matrix as its counts must be 2 by 2: found 2 by 2 or 1",
    ],
    [
      "fewer rows than labels",
      ["a", "b"],
      [],
      TypeError,
      "Cannot draw a confusion matrix as its counts must be 2 by 2: found no rows",
    ],
    [
      "no classes",
      [],
      [],
      TypeError,
      "Cannot draw a confusion matrix as its counts must have a class at least: found no rows",
    ],
    [
      "a negative count",
      ["a", "b"],
      [[1, 2], [3, -1]],
      RangeError,
      "Cannot draw a confusion matrix as counts must be whole numbers from 0 on: " +
      "found -1 at row 1, column 1",
    ],
    [
      "a share instead of a count",
      ["a", "b"],
      [[0.5, 0.5], [0, 1]],
      RangeError,
      "Cannot draw a confusion matrix as counts must be whole numbers from 0 on: " +
      "found 0.5 at row 0, column 0",
    ],
    [
      "a count that is not a number",
      ["a"],
      [[NaN]],
      RangeError,
      "Cannot draw a confusion matrix as counts must be whole numbers from 0 on: " +
      "found NaN at row 0, column 0",
    ],
  ];
  for (const [what, labels, counts, kind, message] of refused) {
    it(what, () => {
      const error = assertThrows(() => confusionMatrix({ title, labels, counts }), kind);
      assertEquals(error.message, message);
    });
  }
});
