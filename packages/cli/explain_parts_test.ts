import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { Ablations } from "./ablations.ts";
import { explainParts, partsMarkdown } from "./explain_parts.ts";

const parts = Object.fromEntries(
  ["dirac", "gelu", "flip", "shift"].map((name) => [name, {
    what: `what ${name}`,
    why: `why ${name}`,
    instead: `instead ${name}`,
  }]),
);

/** The table's header, what its rows have behind the words, and the texts behind it. */
function explained(measured: Pick<Ablations, "whole" | "without">) {
  const [table, ...rest] = explainParts(parts, { command: "ablate", validation: 100, ...measured });
  if (table?.kind !== "table") throw new Error("the first part is no table");
  const names = Object.keys(parts);
  assertEquals(
    table.rows.map((row) => row.slice(0, 3)),
    names.map((name) => [`what ${name}`, `why ${name}`, `instead ${name}`]),
  );
  return {
    header: table.header,
    accuracies: table.rows.map((row) => row.slice(3)),
    texts: rest.map((part) => part.kind === "text" ? part.text : part.kind),
  };
}

describe("explainParts()", () => {
  it("says why each part is there", () => {
    const { header, accuracies, texts } = explained({ whole: [], without: {} });
    assertEquals(header, ["part", "why", "in its place"]);
    assertEquals(accuracies, [[], [], [], []]);
    assertEquals(texts, []);
  });

  it("shows what the want of a part was measured to cost, and where that is from", () => {
    const { header, accuracies, texts } = explained({
      whole: [0.75, 0.73],
      without: {
        dirac: [0.73, 0.73],
        gelu: [0.76, 0.74],
        flip: [null, 0.5],
        shift: [0.7403, 0.7403],
      },
    });
    assertEquals(header.at(-1), "accuracy");
    assertEquals(accuracies, [["73.0 % (−1.0)"], ["75.0 % (+1.0)"], ["diverges"], [
      "74.0 % (±0.0)",
    ]]);
    assertEquals(texts, [
      "Measured by `ablate` on 100 images held out, mean of 2 seeds: with all parts the accuracy is " +
      "74.0 %, and the standard error of a difference 0.8 points.",
    ]);
    const single = explained({ whole: [0.75], without: { gelu: [0.74] } });
    assertEquals(single.accuracies, [["–"], ["74.0 % (−1.0)"], ["–"], ["–"]]);
    assertEquals(single.texts, [
      "Measured by `ablate` on 100 images held out, one seed: with all parts the accuracy is 75.0 %.",
    ]);
  });
});

describe("partsMarkdown()", () => {
  it("has the same words and accuracies in a table of Markdown", () => {
    const measured = {
      ...{ command: "ablate", validation: 100, whole: [0.75] },
      without: { dirac: [0.73], gelu: [null] },
    };
    assertEquals(partsMarkdown(parts, measured).split("\n"), [
      "| part | in its place | accuracy |",
      "| --- | --- | --- |",
      "| what dirac | instead dirac | 73.0 % (−2.0) |",
      "| what gelu | instead gelu | diverges |",
      "| what flip | instead flip | – |",
      "| what shift | instead shift | – |",
      "",
      "Measured by `ablate` on 100 images held out, one seed: with all parts the accuracy is 75.0 %.",
    ]);
    const none = partsMarkdown(parts, { ...measured, whole: [] }).split("\n");
    assertEquals([none.length, none[2]], [6, "| what dirac | instead dirac | – |"]);
  });
});
