import { type EpochEntry, openRun } from "@gradus/train";
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { parseXml } from "./_parse_xml_test.ts";
import {
  accuracyOf,
  type ClassifierResults,
  type TestedImages,
  writeClassifierReport,
} from "./classifier_report.ts";
import type { Classified } from "./classify.ts";

const CLASSES = ["cat <1>", "dog & co", "emu"];

/** Predictions with these probabilities of the predicted classes; the others share the rest. */
function classified(predictions: number[], confidences: number[]): Classified {
  const probabilities = Float32Array.from(
    predictions.flatMap((prediction, row) =>
      CLASSES.map((_, c) => c === prediction ? confidences[row]! : (1 - confidences[row]!) / 2)
    ),
  );
  return { probabilities, predictions: Int32Array.from(predictions), classes: CLASSES.length };
}

/** Images of one colour each: the number of the row. */
function imagesOf(rows: number, channels: number): TestedImages["images"] {
  const size = 4 * channels;
  const data = Uint8Array.from({ length: rows * size }, (_, i) => Math.floor(i / size));
  return { data, shape: [rows, 2, 2, channels] };
}

const means = (loss: number, accuracy: number) => ({ loss, accuracy, rows: 10 });

const results: ClassifierResults = {
  title: "Three <classes>",
  lead: "Five images.",
  classes: CLASSES,
  outcome: {
    epochs: [0, 1].map((epoch) => ({
      ...{ epoch, learningRate: 0.1, durationMs: 10 },
      training: means(1 - epoch / 2, 0.5),
      validation: means(1.2 - epoch / 2, 0.875),
    })),
    ...{ firstStep: 0, learningRates: [0.1, 0.2, 0.1], imagesPerSecond: 123.4, isComplete: true },
  },
  test: {
    images: imagesOf(5, 3),
    labels: new Int32Array([0, 1, 2, 0, 1]),
    plain: classified([0, 2, 2, 1, 0], [0.9, 0.6, 0.5, 0.95, 0.7]),
    mirrored: classified([0, 1, 2, 1, 0], [0.9, 0.6, 0.5, 0.9, 0.7]),
  },
  sections: [{ title: "The model", parts: [{ kind: "text", text: "A < B" }] }],
};

/** A report's files: their names, and one as text. */
interface Report {
  readonly names: string[];
  read(name: string): string;
}

const root = await Deno.makeTempDir();
globalThis.addEventListener("unload", () => Deno.removeSync(root, { recursive: true }));

async function write(changes: Partial<ClassifierResults> = {}): Promise<Report> {
  const run = await openRun({ root, modelName: "small", config: {} });
  await writeClassifierReport(run, { ...results, ...changes });
  return {
    names: [...Deno.readDirSync(run.folder)].map(({ name }) => name).sort(),
    read: (name) => Deno.readTextFileSync(`${run.folder}/${name}`),
  };
}

/** The numbers that stand large on a page, by their labels. */
function largeNumbers(html: string): Record<string, string> {
  const pairs = html.matchAll(/<dt>([^<]*)<\/dt><dd>([^<]*)<\/dd>/g);
  return Object.fromEntries([...pairs].map(([, label, value]) => [label, value]));
}

/** Whole and well-formed, and nothing of it comes from elsewhere. */
function assertSelfContained(html: string): void {
  parseXml(html.replace("<!doctype html>\n", ""));
  assertEquals(html.match(/<(script|link|img|iframe|object|embed)\b|\bsrc=|url\(|@import/), null);
  assertEquals(html.match(/\bhref="(?!data:image\/png)/), null);
  assertEquals(new Set(html.match(/https?:[^"' ]*/g)), new Set(["http://www.w3.org/2000/svg"]));
  const words = html.replaceAll(/data:image\/png;base64,[^"]*/g, "");
  assertEquals(words.match(/undefined|\[object|NaN|Infinity/), null);
}

const CHARTS = ["accuracy", "confusion", "learning_rate", "loss", "mistakes"];

describe("accuracyOf()", () => {
  it("is the share of predictions that are right", () => {
    assertEquals(accuracyOf([1, 2, 0], [1, 2, 3]), 2 / 3);
    assertEquals(accuracyOf(new Int32Array([1]), [1]), 1);
    assertEquals(accuracyOf([0], [1]), 0);
  });
});

describe("writeClassifierReport()", () => {
  let report: Report;

  it("writes each chart as SVG and PNG, predictions and a page that needs no other file", async () => {
    report = await write();
    const { names, read } = report;
    assertEquals(
      names,
      [
        ...CHARTS.flatMap((name) => [`${name}.png`, `${name}.svg`]),
        ...["config.json", "predictions.csv", "report.html"],
      ].sort(),
    );
    const html = read("report.html");
    assertSelfContained(html);
    for (const name of CHARTS) {
      const svg = read(`${name}.svg`);
      parseXml(svg);
      assertStringIncludes(html, svg.trim());
      assertMatch(read(`${name}.png`), /^.PNG/);
    }
    assertEquals(
      html.match(/<h2>[^<]*/g)!.map((heading) => heading.slice(4)),
      ["Result", "Learning curves", "Which images are mistaken", "The model"],
    );
    assertStringIncludes(html, "<h1>Three &lt;classes&gt;</h1>");
    assertStringIncludes(html, "<p>A &lt; B</p>");
  });

  it("shows accuracies large, and predicts with mirror images where there are any", () => {
    assertEquals(largeNumbers(report.read("report.html")), {
      "test accuracy": "40.00 %",
      "with mirror images": "60.00 %",
      "validation accuracy": "87.50 %",
      epochs: "2",
      "images per second": "123",
    });
    assertEquals(
      report.read("predictions.csv"),
      "Id,Category\r\n1,0\r\n2,1\r\n3,2\r\n4,1\r\n5,0\r\n",
    );
  });

  it("has precision, recall and F1 of each class", () => {
    const rows = [...report.read("report.html").matchAll(/<tr>(<td>.*?)<\/tr>/g)]
      .map(([, row]) => [...row!.matchAll(/<td>([^<]*)<\/td>/g)].map(([, cell]) => cell));
    assertEquals(rows, [
      ["cat &lt;1&gt;", "0.500", "0.500", "0.500", "2"],
      ["dog &amp; co", "0.000", "0.000", "0.000", "2"],
      ["emu", "0.500", "1.000", "0.667", "1"],
    ]);
  });

  it("shows mistakes from the most confident one on, with what was said and what is true", () => {
    const [, captions] = /<desc>(.*?)<\/desc>/.exec(report.read("mistakes.svg"))!;
    assertEquals(
      captions,
      "Grid of 3 pictures. dog &amp; co 95 % is cat &lt;1&gt;. cat &lt;1&gt; 70 % is dog &amp; co. " +
        "emu 60 % is dog &amp; co.",
    );
  });

  it("predicts with moved images too where there are any", async () => {
    const shifted = classified([1, 1, 2, 1, 1], [0.9, 0.9, 0.9, 0.9, 0.9]);
    const { read } = await write({ test: { ...results.test, shifted } });
    const { labels } = results.test;
    const right = [1, 1, 2, 1, 1].filter((label, row) => label === labels![row]).length;
    assertEquals(
      largeNumbers(read("report.html"))["with moved images too"],
      `${(20 * right).toFixed(2)} %`,
    );
    assertStringIncludes(read("predictions.csv"), "\r\n1,1\r\n2,1\r\n3,2\r\n");
  });

  it("shows the 24 most confident mistakes of many, and of equal ones the first", async () => {
    const rows = 30;
    const confidences = Array.from({ length: rows }, (_, row) => row < 10 ? 0.5 : 0.6);
    const { read } = await write({
      test: {
        images: imagesOf(rows, 1),
        labels: Int32Array.from({ length: rows }, (_, row) => 2 * (row % 2)),
        plain: classified(Array(rows).fill(1), confidences),
        mirrored: null,
      },
    });
    const svg = read("mistakes.svg");
    assertEquals(svg.match(/<image\b/g)!.length, 24);
    const [, captions] = /<desc>Grid of 24 pictures\. (.*?)<\/desc>/.exec(svg)!;
    const shown = [...captions!.matchAll(/(\d+) % is (cat|emu)/g)].map(([, ...shown]) => shown);
    const expected = (share: string, count: number) =>
      Array.from({ length: count }, (_, place) => [share, place % 2 === 0 ? "cat" : "emu"]);
    assertEquals(shown, [...expected("60", 20), ...expected("50", 4)]);

    const { "with mirror images": mirrored } = largeNumbers(read("report.html"));
    assertEquals(mirrored, undefined);
    assertStringIncludes(read("predictions.csv"), "\r\n30,1\r\n");
  });

  it("says so where no image is mistaken", async () => {
    const plain = classified([0, 1, 2, 0, 1], [0.9, 0.9, 0.9, 0.9, 0.9]);
    const { names, read } = await write({
      test: { ...results.test, plain },
      outcome: { ...results.outcome, firstStep: 6 },
    });
    assertEquals(names.filter((name) => name.startsWith("mistakes")), []);
    const html = read("report.html");
    assertSelfContained(html);
    assertStringIncludes(html, "<p>None of the test images.</p>");
    assertEquals(largeNumbers(html)["test accuracy"], "100.00 %");
    // The steps of a run that went on are counted from those before it.
    const numbers = [...read("learning_rate.svg").matchAll(/>(\d+)<\/text>/g)].map(([, x]) => x);
    assertEquals(numbers.slice(0, 3), ["7", "8", "9"]);
  });

  it("predicts where labels are not known, and leaves out what else is not", async () => {
    const [{ validation: _, ...epoch }] = results.outcome.epochs as [EpochEntry];
    const { names, read } = await write({
      test: { ...results.test, labels: null },
      outcome: {
        ...results.outcome,
        epochs: [{ ...epoch, training: { ...epoch.training, accuracy: null } }],
        learningRates: [],
      },
    });
    assertEquals(names, [
      ...["config.json", "loss.png", "loss.svg", "predictions.csv", "report.html"],
    ]);
    const html = read("report.html");
    assertSelfContained(html);
    assertStringIncludes(html, "The test images have no labels: predictions.csv has classes.");
    assertEquals(Object.keys(largeNumbers(html)), ["epochs", "images per second"]);
    assertEquals(read("predictions.csv").split("\r\n").length, 7);
  });
});
