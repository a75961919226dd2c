import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { Ablations } from "./ablations.ts";
import { explainParts } from "./explain.ts";
import { PARTS } from "./parts.ts";

/** The table's header, its rows of some parts, and the texts behind it. */
function explained(accuracies: Ablations["accuracies"]) {
  const [table, ...rest] = explainParts({ recipe: "quick", validation: 100, accuracies });
  if (table?.kind !== "table") throw new Error("the first part is no table");
  return {
    header: table.header,
    rows: new Map(table.rows.map(([what, , , ...more]) => [what, more])),
    texts: rest.map((part) => part.kind === "text" ? part.text : part.kind),
  };
}

describe("explainParts()", () => {
  it("says why each part is there", () => {
    const { header, rows, texts } = explained({});
    assertEquals(header, ["part", "why", "in its place"]);
    assertEquals([...rows.keys()], Object.values(PARTS).map(({ what }) => what));
    assertEquals(texts, []);
  });

  it("shows what the want of a part was measured to cost, and where that is from", () => {
    const { header, rows, texts } = explained({
      nothing: [0.75, 0.73],
      dirac: [0.73, 0.73],
      gelu: [0.76, 0.74],
      flip: [null, 0.5],
    });
    assertEquals(header.at(-1), "accuracy");
    assertEquals(rows.get("dirac start"), ["73.0 % (−1.0)"]);
    assertEquals(rows.get("GELU"), ["75.0 % (+1.0)"]);
    assertEquals(rows.get("alternating flip"), ["diverges"]);
    assertEquals(rows.get("shifts"), ["–"]);
    assertEquals(texts, [
      "Measured by `deno task cifar:ablations` for the recipe quick on 100 validation images, mean " +
      "of 2 seeds: with all parts the accuracy is 74.0 %, and 0.7 points the standard error of a " +
      "difference.",
    ]);
    assertEquals(explained({ nothing: [0.75], gelu: [0.74] }).texts, [
      "Measured by `deno task cifar:ablations` for the recipe quick on 100 validation images, mean " +
      "of one seed: with all parts the accuracy is 75.0 %.",
    ]);
  });
});
