import { confusionMatrix as confusionChart } from "@gradus/plot/confusion-matrix";
import { imageGrid } from "@gradus/plot/image-grid";
import { lineChart } from "@gradus/plot/line-chart";
import { accuracyChart, classReport, confusionMatrix, lossChart, type Run } from "@gradus/train";
import type { Classified } from "./classify.ts";
import { predictionsCsv } from "./predictions_csv.ts";
import { reportPage, type ReportPart, type ReportSection } from "./report_page.ts";
import type { ClassifierOutcome } from "./train_classifier.ts";

/** Images as they came, and what a classifier made of them. */
export interface TestedImages {
  /** `[rows, height, width, channels]` bytes, channels 1 or 3. */
  readonly images: { readonly data: Uint8Array; readonly shape: readonly number[] };
  /** True classes, `[rows]`; null where they are not known. */
  readonly labels: Int32Array | null;
  /** What the model says of the images. */
  readonly plain: Classified;
  /** What it says of images and mirror images together; null where that was not asked. */
  readonly mirrored: Classified | null;
  /** What it says of these and of images moved a little; null where that was not asked. Default: null. */
  readonly shifted?: Classified | null;
}

/** All that the report of a classifier tells. */
export interface ClassifierResults {
  /** Above everything. */
  readonly title: string;
  /** Below the title. */
  readonly lead: string;
  /** Names of the classes. */
  readonly classes: readonly string[];
  /** The training. */
  readonly outcome: ClassifierOutcome;
  /** The one look at the test images. */
  readonly test: TestedImages;
  /** Sections on the model and how it was made, behind the results. */
  readonly sections: readonly ReportSection[];
}

/** How many mistakes are shown. */
const MISTAKES = 24;

/**
 * The share of predictions that are right.
 *
 * @param predictions Predicted classes.
 * @param labels True classes, as many.
 * @returns A number in `[0, 1]`.
 *
 * @example
 * ```ts
 * import { accuracyOf } from "@gradus/cli";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(accuracyOf([0, 1, 1, 2], [0, 1, 2, 2]), 0.75);
 * ```
 */
export function accuracyOf(predictions: ArrayLike<number>, labels: ArrayLike<number>): number {
  let right = 0;
  for (let row = 0; row < labels.length; row++) if (predictions[row] === labels[row]) right++;
  return right / labels.length;
}

/**
 * Writes curves, confusion matrix, most confident mistakes, `predictions.csv` and `report.html` into the
 * folder of a run.
 *
 * @param run The run.
 * @param results What there is to tell.
 *
 * @example
 * ```ts
 * import { writeClassifierReport } from "@gradus/cli";
 * import { openRun } from "@gradus/train";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const run = await openRun({ root: await Deno.makeTempDir(), modelName: "tiny", config: {} });
 * const training = { loss: 1, accuracy: 0.5, rows: 2 };
 * const epochs = [{ epoch: 0, training, learningRate: 0.1, durationMs: 1 }];
 * const plain = {
 *   probabilities: new Float32Array([0.9, 0.1]),
 *   predictions: new Int32Array([0]),
 *   classes: 2,
 * };
 * await writeClassifierReport(run, {
 *   title: "Two classes",
 *   lead: "One image.",
 *   classes: ["dark", "light"],
 *   outcome: {
 *     ...{ epochs, firstStep: 0, learningRates: [0.1], imagesPerSecond: 1, isComplete: true },
 *   },
 *   test: {
 *     images: { data: new Uint8Array([255]), shape: [1, 1, 1, 1] },
 *     labels: new Int32Array([1]),
 *     plain,
 *     mirrored: null,
 *   },
 *   sections: [],
 * });
 * assertStringIncludes(await Deno.readTextFile(`${run.folder}/report.html`), "light");
 * ```
 */
export async function writeClassifierReport(run: Run, results: ClassifierResults): Promise<void> {
  const { svgToPng } = await import("@gradus/plot/png");
  const charts = chartsOf(results, "auto");
  for (const [name, svg] of charts) await run.write(`${name}.svg`, svg);
  for (const [name, svg] of chartsOf(results, "light")) {
    await run.write(`${name}.png`, await svgToPng(svg, { scale: 2 }));
  }
  const { plain, mirrored, shifted } = results.test;
  const { predictions } = shifted ?? mirrored ?? plain;
  await run.write("predictions.csv", await predictionsCsv(predictions));
  await run.write("report.html", page(results, charts));
}

function chartsOf(results: ClassifierResults, theme: "auto" | "light"): Map<string, string> {
  const { title, classes, outcome, test } = results;
  const charts = new Map<string, string>();
  charts.set("loss", lossChart(outcome.epochs, { title, theme }));
  const accuracy = accuracyChart(outcome.epochs, { title, theme });
  if (accuracy !== null) charts.set("accuracy", accuracy);
  if (outcome.learningRates.length > 0) {
    charts.set(
      "learning_rate",
      lineChart({
        title: "Learning rate",
        x: { label: "step" },
        y: { label: "learning rate" },
        series: [{
          name: "learning rate",
          x: outcome.learningRates.map((_, step) => outcome.firstStep + step + 1),
          y: outcome.learningRates,
        }],
        height: 320,
        theme,
      }),
    );
  }
  if (test.labels !== null) {
    const counts = confusionMatrix(test.labels, test.plain.predictions, {
      classes: classes.length,
    });
    charts.set(
      "confusion",
      confusionChart({ title: "Test images", labels: classes, counts, theme }),
    );
    const mistakes = mistakesOf(results);
    if (mistakes.length > 0) {
      charts.set(
        "mistakes",
        imageGrid({ title: "The most confident mistakes", images: mistakes, columns: 6, theme }),
      );
    }
  }
  return charts;
}

/** The wrong predictions of the highest probability, as pictures with what was said and what is true. */
function mistakesOf({ test, classes }: ClassifierResults) {
  const { images, labels, plain } = test;
  const [, height, width, channels] = images.shape as [number, number, number, number];
  const size = height * width * channels;
  const confidence = (row: number) =>
    plain.probabilities[row * plain.classes + plain.predictions[row]!]!;
  return Array.from(plain.predictions.keys())
    .filter((row) => plain.predictions[row] !== labels![row])
    .sort((a, b) => confidence(b) - confidence(a) || a - b)
    .slice(0, MISTAKES)
    .map((row) => ({
      pixels: images.data.slice(row * size, (row + 1) * size),
      ...{ width, height },
      caption: [
        `${classes[plain.predictions[row]!]} ${(100 * confidence(row)).toFixed(0)} %`,
        `is ${classes[labels![row]!]}`,
      ].join("\n"),
    }));
}

function page(results: ClassifierResults, charts: ReadonlyMap<string, string>): string {
  const { title, lead, sections } = results;
  const figure = (name: string, caption: string): ReportPart[] => {
    const svg = charts.get(name);
    return svg === undefined ? [] : [{ kind: "figure", svg, caption }];
  };
  return reportPage({
    title,
    lead,
    sections: [
      { title: "Result", parts: [{ kind: "figures", items: largeNumbers(results) }] },
      {
        title: "Learning curves",
        parts: [
          ...figure(
            "loss",
            "Mean loss of each epoch: of the training images while the weights moved, of the validation images after it.",
          ),
          ...figure("accuracy", "Accuracy of the same epochs."),
          ...figure("learning_rate", "The rate of each step."),
        ],
      },
      {
        title: "Which images are mistaken",
        parts: results.test.labels === null
          ? [{ kind: "text", text: "The test images have no labels: predictions.csv has classes." }]
          : [
            ...figure("confusion", "True classes in rows, predicted classes in columns."),
            ...charts.has("mistakes")
              ? figure("mistakes", "What the model said, how sure it was, and what is true.")
              : [{ kind: "text", text: "None of the test images." } as const],
            perClass(results.test.labels, results),
          ],
      },
      ...sections,
    ],
  });
}

function largeNumbers({ test, outcome }: ClassifierResults): { value: string; label: string }[] {
  const { labels, plain, mirrored, shifted = null } = test;
  const share = (value: number, label: string) => ({
    value: `${(100 * value).toFixed(2)} %`,
    label,
  });
  const tested = labels === null ? [] : [
    share(accuracyOf(plain.predictions, labels), "test accuracy"),
    ...mirrored === null
      ? []
      : [share(accuracyOf(mirrored.predictions, labels), "with mirror images")],
    ...shifted === null
      ? []
      : [share(accuracyOf(shifted.predictions, labels), "with moved images too")],
  ];
  const validation = outcome.epochs.at(-1)?.validation?.accuracy ?? null;
  return [
    ...tested,
    ...validation === null ? [] : [share(validation, "validation accuracy")],
    { value: `${outcome.epochs.length}`, label: "epochs" },
    { value: outcome.imagesPerSecond.toFixed(0), label: "images per second" },
  ];
}

function perClass(labels: Int32Array, { classes, test }: ClassifierResults): ReportPart {
  const counts = confusionMatrix(labels, test.plain.predictions, { classes: classes.length });
  return {
    kind: "table",
    header: ["class", "precision", "recall", "F1", "images"],
    rows: classReport(counts).map(({ precision, recall, f1, support }, c) => [
      classes[c]!,
      ...[precision, recall, f1].map((score) => score === null ? "–" : score.toFixed(3)),
      `${support}`,
    ]),
  };
}
