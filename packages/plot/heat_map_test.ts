import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { heatMap, type HeatMapOptions } from "./heat_map.ts";
import { numberOf, parseSvg } from "./_parse_svg.ts";

function options(more: Partial<HeatMapOptions> = {}): HeatMapOptions {
  return {
    title: "Test error",
    x: { label: "hidden units", values: [16, 64, 256] },
    y: { label: "learning rate", values: [0.1, 1e-5] },
    cells: [[4.1, 3.25, 2], [10, 8, 6]],
    ...more,
  };
}

/** Fill, ink and text of each cell. */
function cells(svg: string): { fill: string | null; ink: string | null; text: string }[] {
  return parseSvg(svg).all("g")
    .filter((group) =>
      group.firstChild?.nodeName === "rect" && group.lastChild?.nodeName === "text"
    )
    .map((group) => {
      const [area] = Array.from(group.getElementsByTagName("rect"));
      const [text] = Array.from(group.getElementsByTagName("text"));
      return {
        fill: area.getAttribute("fill"),
        ink: text.getAttribute("fill"),
        text: text.textContent!,
      };
    });
}

/** The white frames, the first around the cell and the second in the key. */
function frames(svg: string): { x: number; y: number; width: number }[] {
  return parseSvg(svg).all("rect").filter((rect) => rect.getAttribute("stroke") === "#ffffff")
    .map((rect) => ({
      x: numberOf(rect, "x"),
      y: numberOf(rect, "y"),
      width: numberOf(rect, "width"),
    }));
}

describe("heatMap()", () => {
  it("gives the smallest and the largest value the two colours, and the middle neither", () => {
    const svg = heatMap(options({ low: "#ffffff", high: "#000000" }));
    const fills = cells(svg).map(({ fill }) => fill);
    assertEquals([fills[2], fills[3]], ["#ffffff", "#000000"]);
    assertEquals(fills[5], "#636363", "half way, as eyes see it");
  });

  it("prints each value in a colour that can be read", () => {
    const shown = cells(heatMap(options({ low: "#ffffff", high: "#000000" })));
    assertEquals(shown.map(({ text }) => text), ["4.10", "3.25", "2.00", "10.0", "8.00", "6.00"]);
    assertEquals([shown[2].ink, shown[3].ink], ["#000000", "#ffffff"]);
  });

  it("prints three digits of any number", () => {
    const values = [0, -0.5, 1e-7, 12345.6, -2.5e9, 999];
    const svg = heatMap(options({
      x: { label: "x", values: ["a", "b", "c", "d", "e", "f"] },
      y: { label: "y", values: ["row"] },
      cells: [values],
    }));
    assertEquals(
      cells(svg).map(({ text }) => text),
      ["0", "−0.500", "1.00e-7", "12\u2009346", "−2.50e9", "999"],
    );
  });

  it("prints what format makes of a value", () => {
    const svg = heatMap(options({ format: (value) => `${value} %` }));
    assertEquals(cells(svg)[0].text, "4.1 %");
  });

  it("names rows, columns, axes and colours", () => {
    const { texts } = parseSvg(heatMap(options({ unit: "error (%)", note: "Three seeds." })));
    const wanted = ["16", "64", "256", "0.1", "10−5", "hidden units", "learning rate", "error (%)"];
    for (const text of [...wanted, "Three seeds."]) assert(texts().includes(text), text);
  });

  it("has a bar of its colours with the smallest value at the bottom", () => {
    const svg = heatMap(options({ low: "#ffffff", high: "#000000" }));
    const bar = parseSvg(svg).all("rect").filter((rect) => numberOf(rect, "width") === 14);
    const fills = bar.map((step) => parseInt(step.getAttribute("fill")!.slice(1, 3), 16));
    assertEquals(fills, fills.toSorted((a, b) => a - b));
    assertEquals(bar.length, 64);
    const ticks = parseSvg(svg).all("text").filter((text) => /^\d+$/.test(text.textContent!));
    const beside = ticks.filter((tick) => numberOf(tick, "x") > numberOf(bar[0], "x"));
    assertEquals(beside.map((tick) => tick.textContent), ["2", "4", "6", "8", "10"]);
    const heights = beside.map((tick) => numberOf(tick, "y"));
    assertEquals(heights, heights.toSorted((a, b) => b - a));
  });

  it("frames the marked cell and says what that means", () => {
    const marked = { row: 1, column: 2, label: "best" };
    const svg = heatMap(options({ marked }));
    const { all, texts } = parseSvg(svg);
    const cell = all("g").filter((group) => group.lastChild?.textContent === "6.00")[0];
    const [area] = Array.from(cell.getElementsByTagName("rect"));
    assertEquals(frames(svg)[0], {
      x: numberOf(area, "x") + 2,
      y: numberOf(area, "y") + 2,
      width: numberOf(area, "width") - 4,
    });
    assertEquals(frames(svg).length, 2);
    assert(texts().includes("best"));
  });

  it("leaves what is not finite without a colour, and says so", () => {
    const svg = heatMap(options({ cells: [[NaN, 3, 2], [Infinity, 8, 6]], theme: "light" }));
    const [diverged] = cells(svg);
    assertEquals(diverged, { fill: "#e4e7eb", ink: "#1b2027", text: "NaN" });
    const { texts } = parseSvg(svg);
    assertEquals(texts().at(-1), "2 of 6 cells are not finite and have no colour");
  });

  it("draws a table of one value, and one without any", () => {
    const one = { x: { label: "x", values: [1] }, y: { label: "y", values: [1] } };
    const [single] = cells(
      heatMap(options({ ...one, cells: [[5]], low: "#ffffff", high: "#000000" })),
    );
    assertEquals(single.fill, "#636363");
    const empty = heatMap(options({ ...one, cells: [[NaN]] }));
    assertEquals(
      parseSvg(empty).all("desc")[0].textContent,
      "Heat map of values over y and x. No finite values.",
    );
  });

  it("describes itself to those who cannot see it", () => {
    const marked = { row: 0, column: 2, label: "best" };
    assertEquals(
      parseSvg(heatMap(options({ marked, unit: "error (%)" }))).all("desc")[0].textContent,
      "Heat map of error (%) over learning rate and hidden units. From 2.00 to 10.0. " +
        "best: learning rate 0.1, hidden units 256.",
    );
  });

  it("slants names that are wider than their columns", () => {
    const values = ["a name that is not short", "b", "c"];
    const svg = heatMap(options({ x: { label: "x", values } }));
    const slanted = parseSvg(svg).all("text").filter((text) =>
      text.getAttribute("transform")?.endsWith("rotate(-45)")
    );
    assertEquals(slanted.map((text) => text.textContent), values);
  });

  it("gives the same text for the same numbers, typed or not", () => {
    const typed = [Float64Array.of(4.1, 3.25, 2), Float64Array.of(10, 8, 6)];
    assertEquals(heatMap(options()), heatMap(options({ cells: typed })));
  });

  it("escapes all text", () => {
    const svg = heatMap(options({
      title: "<&>",
      unit: "<&>",
      note: "<&>",
      format: () => "<&>",
      x: { label: "<&>", values: ["<&>", "<&>", "<&>"] },
      marked: { row: 0, column: 0, label: "<&>" },
    }));
    assertEquals(parseSvg(svg).texts().filter((text) => text === "<&>").length, 14);
  });
});

describe("heatMap() refuses", () => {
  const empty = { label: "x", values: [] };
  const refused: [
    what: string,
    more: Partial<HeatMapOptions>,
    kind: typeof TypeError,
    message: string,
  ][] = [
    [
      "rows that are missing",
      { cells: [[1, 2, 3]] },
      TypeError,
      "Cannot draw a heat map as its cells must be 2 by 3: found 1 by 3",
    ],
    [
      "ragged rows",
      { cells: [[1, 2, 3], [1, 2]] },
      TypeError,
      "Cannot draw a heat map as its cells must be 2 by 3: found 2 by 3 or 2",
    ],
    [
      "no rows",
      { y: empty, cells: [] },
      TypeError,
      "Cannot draw a heat map as its cells must have a cell at least: found no rows",
    ],
    [
      "no columns",
      { x: empty, cells: [[], []] },
      TypeError,
      "Cannot draw a heat map as its cells must have a cell at least: found 2 by 0",
    ],
    [
      "what is almost infinite",
      { cells: [[1, 2, 3], [1, -1e301, 2]] },
      RangeError,
      "Cannot draw a heat map as its cells must be within ±1e300: found -1e+301 at row 1, column 1",
    ],
    [
      "a mark outside",
      { marked: { row: 2, column: 0, label: "" } },
      RangeError,
      "Cannot mark a cell as it must be one of 2 by 3: found row 2, column 0",
    ],
    [
      "a mark between two cells",
      { marked: { row: 0, column: 0.5, label: "" } },
      RangeError,
      "Cannot mark a cell as it must be one of 2 by 3: found row 0, column 0.5",
    ],
    [
      "a colour by name",
      { high: "navy" },
      RangeError,
      "Cannot draw the colour high as it must read #rrggbb: found navy",
    ],
  ];
  for (const [what, more, kind, message] of refused) {
    it(what, () => assertEquals(assertThrows(() => heatMap(options(more)), kind).message, message));
  }
});
