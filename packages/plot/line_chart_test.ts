import { assert, assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { lineChart, type LineChartOptions, type LineSeries } from "./line_chart.ts";
import { numberOf, parseSvg } from "./_parse_svg.ts";
import { SERIES_COLOURS } from "./_paint.ts";

function options(series: LineSeries[], more: Partial<LineChartOptions> = {}): LineChartOptions {
  return { title: "Loss", x: { label: "epoch" }, y: { label: "loss (nats)" }, series, ...more };
}

/** The elements that hold the line of each series: those that have a title of their own. */
function lines(svg: string, names: string[]): ReturnType<ReturnType<typeof parseSvg>["all"]> {
  const groups = parseSvg(svg).all("g").filter((group) =>
    group.firstChild?.nodeName === "title" && names.includes(group.firstChild.textContent!)
  );
  assertEquals(groups.map((group) => group.firstChild!.textContent), names);
  return groups;
}

/** The corners of a path. */
function corners(path: string): [x: number, y: number][] {
  return [...path.matchAll(/[ML](-?[\d.]+) (-?[\d.]+)/g)].map(([, x, y]) => [Number(x), Number(y)]);
}

function pathsOf(svg: string, name: string): [x: number, y: number][][] {
  const [line] = lines(svg, [name]);
  return Array.from(line.getElementsByTagName("path")).map((path) =>
    corners(path.getAttribute("d")!)
  );
}

function bounds(svg: string): [width: number, height: number] {
  const { root } = parseSvg(svg);
  return [numberOf(root, "width"), numberOf(root, "height")];
}

describe("lineChart()", () => {
  it("puts equal differences at equal distances", () => {
    const svg = lineChart(options([{ name: "a", x: [0, 1, 4], y: [0, 5, 10] }]));
    const [[first, second, third]] = pathsOf(svg, "a");
    assertEquals(Math.round((third[0] - first[0]) / (second[0] - first[0]) * 1e3), 4e3);
    assertEquals(Math.round((third[1] - first[1]) / (second[1] - first[1]) * 1e3), 2e3);
    assert(third[1] < first[1], "larger is higher");
  });

  it("puts equal ratios at equal distances on logarithmic axes", () => {
    const svg = lineChart(options([{ name: "a", x: [1, 10, 1000], y: [1, 100, 1000] }], {
      x: { label: "rate", scale: "log" },
      y: { label: "loss", scale: "log" },
    }));
    const [[first, second, third]] = pathsOf(svg, "a");
    assert(Math.abs((third[0] - first[0]) / (second[0] - first[0]) - 3) < 1e-3);
    assert(Math.abs((third[1] - first[1]) / (second[1] - first[1]) - 1.5) < 1e-3);
  });

  it("counts points from 1 unless told where they are", () => {
    const counted = lineChart(options([{ name: "a", y: [3, 1, 2] }]));
    assertEquals(counted, lineChart(options([{ name: "a", x: [1, 2, 3], y: [3, 1, 2] }])));
  });

  it("takes typed arrays for what they hold", () => {
    const typed = lineChart(options([{ name: "a", y: Float32Array.of(3, 1, 2) }]));
    assertEquals(typed, lineChart(options([{ name: "a", y: [3, 1, 2] }])));
  });

  it("says title, axes, names, ticks and note", () => {
    const svg = lineChart(
      options([{ name: "training", y: [0, 1] }, { name: "validation", y: [1, 2] }], {
        note: "Seed 0.",
      }),
    );
    const texts = parseSvg(svg).texts();
    for (const text of ["Loss", "epoch", "loss (nats)", "training", "validation", "Seed 0."]) {
      assert(texts.includes(text), text);
    }
    assertEquals(texts.filter((text) => /^\d/.test(text)), [
      "1",
      "2",
      "0",
      "0.5",
      "1.0",
      "1.5",
      "2.0",
    ]);
  });

  it("describes itself to those who cannot see it", () => {
    const svg = lineChart(options([{ name: "a", y: [3, 1, 2] }, { name: "b", y: [NaN] }], {
      y: { label: "loss", scale: "log" },
      marks: [{ x: 2, label: "best epoch" }],
    }));
    assertEquals(
      parseSvg(svg).all("desc")[0].textContent,
      "Line chart of loss, logarithmic over epoch. a: 3 values from 1 to 3, last 2. " +
        "b: no finite values. best epoch at 2.",
    );
  });

  it("gives each line a colour, dashes and markers of its own", () => {
    const names = Array.from({ length: 35 }, (_, index) => `line ${index}`);
    const svg = lineChart(options(names.map((name) => ({ name, y: [1, 2] })), { theme: "light" }));
    const looks = lines(svg, names).map((line) => {
      const [path] = Array.from(line.getElementsByTagName("path"));
      return `${path.getAttribute("stroke")} ${path.getAttribute("stroke-dasharray")}`;
    });
    assertEquals(new Set(looks).size, 35);
    const inGray = lines(svg, names).slice(0, 5).map((line) => {
      const marker = line.lastChild!.nodeName;
      return `${marker} ${line.getElementsByTagName("path")[0].getAttribute("stroke-dasharray")}`;
    });
    assertEquals(new Set(inGray).size, 5);
  });

  it("dashes lines as it is told", () => {
    const dashes = (dashed?: boolean) => {
      const series = [{ name: "a", y: [1, 2], dashed }, { name: "b", y: [2, 3], dashed }];
      return lines(lineChart(options(series)), ["a", "b"])
        .map((line) => line.getElementsByTagName("path")[0].getAttribute("stroke-dasharray"));
    };
    assertEquals(dashes(), [null, "7 4"]);
    assertEquals(dashes(true), ["7 4", "7 4"]);
    assertEquals(dashes(false), [null, null]);
  });

  it("marks points where they are few, or where it is told", () => {
    const markers = (length: number, marker?: boolean) => {
      const y = Array.from({ length }, (_, index) => index);
      const [line] = lines(lineChart(options([{ name: "a", y, marker }])), ["a"]);
      return line.getElementsByTagName("circle").length;
    };
    assertEquals([markers(30), markers(31), markers(30, false)], [30, 0, 0]);
    assertEquals([markers(40, true), markers(1000, true)], [40, 12]);
  });

  it("leaves a gap for what is not finite, and says so", () => {
    const y = [1, 2, NaN, 3, Infinity, 4, 5, -Infinity];
    const svg = lineChart(options([{ name: "a", y, marker: false }], { note: "First." }));
    assertEquals(pathsOf(svg, "a").map((path) => path.length), [2, 2]);
    const [line] = lines(svg, ["a"]);
    assertEquals(line.getElementsByTagName("circle").length, 1, "the lonely point has a marker");
    const notes = parseSvg(svg).texts().slice(-2);
    assertEquals(notes, ["First.", "a: 3 of 8 values are not finite and left out"]);
  });

  it("leaves a gap in a band where either side is not finite", () => {
    const band = { low: [0, NaN, 1, 1], high: [2, 2, Infinity, 3] };
    const svg = lineChart(options([{ name: "a", y: [1, 1, 1, 2], band }]));
    assertStringIncludes(svg, "band of a: 2 of 4 values are not finite and left out");
    const areas = parseSvg(svg).all("path").filter((path) => path.getAttribute("fill-opacity"));
    assertEquals(areas.length, 2);
  });

  it("draws a band from low to high", () => {
    const band = { low: [0, 1], high: [2, 4] };
    const svg = lineChart(options([{ name: "a", y: [1, 2], band }, { name: "b", y: [0, 4] }]));
    const [area] = parseSvg(svg).all("path").filter((path) => path.getAttribute("fill-opacity"));
    const [lowLeft, lowRight, highRight, highLeft] = corners(area.getAttribute("d")!);
    const [[bottom, top]] = pathsOf(svg, "b");
    assertEquals([lowLeft, highRight], [bottom, top]);
    assertEquals([lowRight[0], highLeft[0]], [top[0], bottom[0]]);
    assertEquals(area.getAttribute("fill"), SERIES_COLOURS.light[0]);
  });

  it("draws marks where they are, with labels that do not touch", () => {
    const marks = [
      { x: 2, label: "the best epoch of all" },
      { x: 2.1, label: "another one" },
      { x: 3, label: "and the last one, at the very end" },
    ];
    const svg = lineChart(options([{ name: "a", y: [1, 2, 3] }], { marks }));
    const [[, second, third]] = pathsOf(svg, "a");
    const vertical = parseSvg(svg).all("line").filter((line) =>
      line.getAttribute("stroke-dasharray") === "4 3"
    );
    assertEquals(vertical.map((line) => numberOf(line, "x1")).filter((_, at) => at !== 1), [
      second[0],
      third[0],
    ]);
    const labels = parseSvg(svg).all("text").filter((text) => text.getAttribute("paint-order"));
    assertEquals(labels.map((label) => label.textContent), marks.map(({ label }) => label));
    const rows = labels.map((label) => numberOf(label, "y"));
    assertEquals([rows[0] - rows[1], rows[0] - rows[2]], [17, 0]);
    assert(numberOf(labels[2], "x") < third[0], "the label stays inside");
  });

  it("widens the axis for a mark beyond the data", () => {
    const svg = lineChart(
      options([{ name: "a", y: [1, 2] }], { marks: [{ x: 10, label: "later" }] }),
    );
    assert(parseSvg(svg).texts().includes("10"));
  });

  it("draws nothing, one point and a constant", () => {
    assert(parseSvg(lineChart(options([]))).texts().includes("no data"));
    assert(parseSvg(lineChart(options([{ name: "a", y: [] }]))).texts().includes("no data"));
    const empty = lineChart(
      options([{ name: "a", y: [NaN] }], { y: { label: "y", scale: "log" } }),
    );
    assert(parseSvg(empty).texts().includes("no data"));
    const [point] = lines(lineChart(options([{ name: "a", y: [0.5] }])), ["a"]);
    assertEquals(point.getElementsByTagName("circle").length, 1);
    assertEquals(point.getElementsByTagName("path").length, 0);
    const [[from, to]] = pathsOf(lineChart(options([{ name: "a", y: [7, 7] }])), "a");
    assertEquals(from[1], to[1]);
  });

  it("draws a band around a single point", () => {
    const svg = lineChart(options([{ name: "a", y: [2], band: { low: [1], high: [3] } }]));
    const [area] = parseSvg(svg).all("path").filter((path) => path.getAttribute("fill-opacity"));
    assertEquals(corners(area.getAttribute("d")!).length, 4);
  });

  it("draws very many points by few that look the same", () => {
    const y = Array.from({ length: 100_000 }, (_, index) => Math.sin(index * 1.7));
    const svg = lineChart(options([{ name: "a", y }]));
    const [path] = pathsOf(svg, "a");
    assert(path.length <= 4 * 800 && path.length > 2 * 700, `${path.length} points`);
    assert(svg.length < 100_000, `${svg.length} characters`);
  });

  it("keeps the names on the horizontal axis apart", () => {
    const y = Array.from({ length: 20 }, (_, index) => index);
    const x = y.map((index) => 1e6 + index * 12_345.678);
    const svg = lineChart(options([{ name: "a", x, y }], { width: 300 }));
    const ticks = parseSvg(svg).all("text").filter((text) => text.textContent!.includes("×10"));
    const places = ticks.map((tick) => numberOf(tick, "x"));
    assert(places.length >= 2);
    for (const [index, place] of places.entries()) {
      assert(index === 0 || place - places[index - 1] > 50, "room for 1.00×10⁶");
    }
  });

  it("has fewer ticks where names are long", () => {
    const x = [1e9, 1e9 + 0.5, 1e9 + 1];
    const svg = lineChart(options([{ name: "a", x, y: [1, 2, 3] }], { width: 240 }));
    const ticks = parseSvg(svg).texts().filter((text) => text.includes("×10"));
    assertEquals(ticks, ["1.000000000×109", "1.000000001×109"]);
  });

  it("breaks and cuts what is too long, and keeps the axes large enough", () => {
    const long = "word ".repeat(100);
    const many = Array.from({ length: 40 }, (_, index) => ({ name: `${long}${index}`, y: [1, 2] }));
    const svg = lineChart(
      options(many, { title: long, note: long, x: { label: long }, height: 200 }),
    );
    const [[from, to]] = pathsOf(svg, many[0].name);
    assertEquals(Math.round(from[1] - to[1]), 90);
    assert(bounds(svg)[1] > 900);
    assertEquals(parseSvg(svg).texts().filter((text) => text.endsWith("…")).length, 42);
  });

  it("has the size it is asked for", () => {
    assertEquals(bounds(lineChart(options([{ name: "a", y: [1, 2] }]))), [800, 500]);
    const small = options([{ name: "a", y: [1, 2] }], { width: 320, height: 240 });
    assertEquals(bounds(lineChart(small)), [320, 240]);
  });

  it("escapes all text", () => {
    const text = `<script>"&'\0`;
    const svg = lineChart({
      title: text,
      x: { label: text },
      y: { label: text },
      series: [{ name: text, y: [1, NaN] }],
      marks: [{ x: 1, label: text }],
      note: text,
    });
    const shown = `<script>"&'\uFFFD`;
    assertEquals(parseSvg(svg).texts().filter((found) => found === shown).length, 6);
    assertEquals(parseSvg(svg).all("script").length, 0);
  });

  it("gives the same text for the same numbers", () => {
    const make = () =>
      lineChart(
        options([{ name: "a", y: [0.1, 0.2, NaN, 1 / 3] }], { marks: [{ x: 2, label: "m" }] }),
      );
    assertEquals(make(), make());
  });

  it("holds no number that is not one, whatever it is given", () => {
    const value = fc.oneof(
      fc.double({ min: -1e300, max: 1e300 }),
      fc.double({ min: -1, max: 1 }),
      fc.constantFrom(0, -0, NaN, Infinity, -Infinity, 1, 5e-324),
    );
    const series = fc.array(
      fc.record({ name: fc.string({ unit: "binary" }), y: fc.array(value, { maxLength: 20 }) }),
      { maxLength: 3 },
    );
    fc.assert(
      fc.property(series, fc.constantFrom("auto", "light", "dark"), (given, theme) => {
        const svg = lineChart(options(given, { theme }));
        assertEquals(parseSvg(svg).all("title")[0].textContent, "Loss");
        for (const [, value] of svg.matchAll(/="([^"]*)"/g)) {
          assert(!/\b(NaN|Infinity|undefined)\b|\de-/.test(value), value);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe("lineChart() refuses", () => {
  const log = { label: "loss", scale: "log" } as const;
  const refused: [
    what: string,
    options: LineChartOptions,
    kind: typeof TypeError,
    message: string,
  ][] = [
    [
      "lengths that differ",
      options([{ name: "a", x: [1, 2], y: [1, 2, 3] }]),
      TypeError,
      'Cannot draw series "a" as x must be as long as y: found 2 and 3 values',
    ],
    [
      "a band that is too short below",
      options([{ name: "a", y: [1, 2], band: { low: [1], high: [1, 2] } }]),
      TypeError,
      'Cannot draw series "a" as band.low must be as long as y: found 1 and 2 values',
    ],
    [
      "a band that is too long above",
      options([{ name: "a", y: [1, 2], band: { low: [1, 2], high: [1, 2, 3] } }]),
      TypeError,
      'Cannot draw series "a" as band.high must be as long as y: found 3 and 2 values',
    ],
    [
      "a band with low above high",
      options([{ name: "a", y: [1, 2], band: { low: [1, 3], high: [1, 2] } }]),
      RangeError,
      'Cannot draw series "a" as band.low must be at most band.high: found 3 and 2 at index 1',
    ],
    [
      "an x that is not finite",
      options([{ name: "a", x: [1, NaN], y: [1, 2] }]),
      RangeError,
      'Cannot draw series "a" as x must be finite: found NaN at index 1',
    ],
    [
      "zero on a logarithmic axis",
      options([{ name: "a", y: [1] }, { name: "b", y: [1, 0] }], { y: log }),
      RangeError,
      'Cannot draw series "b" on a logarithmic axis as y must be greater than 0: found 0 at index 1',
    ],
    [
      "a negative band on a logarithmic axis",
      options([{ name: "a", y: [1], band: { low: [-1], high: [1] } }], { y: log }),
      RangeError,
      'Cannot draw series "a" on a logarithmic axis as band.low must be greater than 0: found -1 at index 0',
    ],
    [
      "a negative x on a logarithmic axis",
      options([{ name: "a", x: [-2], y: [1] }], { x: log }),
      RangeError,
      'Cannot draw series "a" on a logarithmic axis as x must be greater than 0: found -2 at index 0',
    ],
    [
      "what is almost zero on a logarithmic axis",
      options([{ name: "a", y: [1e-301] }], { y: log }),
      RangeError,
      'Cannot draw series "a" on a logarithmic axis as y must be at least 1e-300: found 1e-301 at index 0',
    ],
    [
      "what is almost infinite",
      options([{ name: "a", y: [1, -1e301] }]),
      RangeError,
      'Cannot draw series "a" as y must be within ±1e+300: found -1e+301 at index 1',
    ],
    [
      "a mark nowhere",
      options([], { marks: [{ x: NaN, label: "best" }] }),
      RangeError,
      'Cannot draw mark "best" as x must be finite: found NaN',
    ],
    [
      "a mark that is not on its axis",
      options([], { x: log, marks: [{ x: 0, label: "best" }] }),
      RangeError,
      'Cannot draw mark "best" on a logarithmic axis as x must be greater than 0: found 0',
    ],
    [
      "a width that is too small",
      options([], { width: 239 }),
      RangeError,
      "Cannot draw a chart as its width must be from 240 to 10000: found 239",
    ],
    [
      "a height that is no number",
      options([], { height: NaN }),
      RangeError,
      "Cannot draw a chart as its height must be from 180 to 10000: found NaN",
    ],
  ];
  for (const [what, given, kind, message] of refused) {
    it(what, () => {
      const error = assertThrows(() => lineChart(given), kind);
      assertEquals(error.message, message);
    });
  }
});
