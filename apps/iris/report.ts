import { reportPage, type ReportSection } from "@gradus/cli/report-page";
import type { Spread } from "@gradus/cli/spread";
import type { Iris } from "@gradus/data/iris";
import { confusionMatrix as confusionChart } from "@gradus/plot/confusion-matrix";
import { heatMap } from "@gradus/plot/heat-map";
import { accuracyChart, classReport, confusionMatrix, lossChart, type Run } from "@gradus/train";
import { percent, type TestedCombination } from "./findings.ts";
import type { Settings } from "./flags.ts";
import { type Divergence, errorOf } from "./sweep.ts";
import type { Training } from "./training.ts";

/** All that a report tells. */
export interface Results {
  readonly data: Iris;
  readonly settings: Settings;
  readonly tested: readonly TestedCombination[];
  readonly diverged: readonly Divergence[];
  /** The one chosen. */
  readonly best: TestedCombination;
  /** The training of the best combination with the lowest validation loss: what is saved and drawn. */
  readonly shown: Training;
  readonly findings: readonly string[];
  readonly durationMs: number;
}

type Theme = "auto" | "light";

/** Writes plots, tables and the page into the run's folder. */
export async function writeReport(run: Run, results: Results): Promise<void> {
  const charts = (theme: Theme) => chartsOf(results, theme);
  const { svgToPng } = await import("@gradus/plot/png");
  for (const [name, svg] of Object.entries(charts("auto"))) await run.write(`${name}.svg`, svg);
  for (const [name, svg] of Object.entries(charts("light"))) {
    await run.write(`${name}.png`, await svgToPng(svg, { scale: 2 }));
  }
  await run.write("sweep.csv", sweepCsv(results));
  await run.write("report.html", page(results));
}

/** The sweep as text cells: a row a combination, those that diverged at the end. */
export function sweepRows({ tested, diverged }: Pick<Results, "tested" | "diverged">): string[][] {
  const shown = ({ mean, deviation }: Spread, digits: number) =>
    `${mean.toFixed(digits)} ± ${deviation.toFixed(digits)}`;
  const percents = ({ mean, deviation, values }: Spread) =>
    shown({ mean: 100 * mean, deviation: 100 * deviation, values }, 1);
  return [
    ...tested.map(({ combination, testError }) => [
      `${combination.learningRate}`,
      `${combination.hidden}`,
      shown(combination.validationLoss, 3),
      percents(combination.validationError),
      percents(testError),
    ]),
    ...diverged.map(({ learningRate, hidden }) => [
      `${learningRate}`,
      `${hidden}`,
      ...["diverged", "–", "–"],
    ]),
  ];
}

/** What stands above the columns of {@linkcode sweepRows}. */
export const SWEEP_HEADER = [
  "learning rate",
  "hidden",
  "validation loss",
  "validation error (%)",
  "test error (%)",
];

function chartsOf(results: Results, theme: Theme): Record<string, string> {
  const { shown, tested, diverged, data, settings } = results;
  const best = results.best.combination;
  const title = `Iris: learning rate ${best.learningRate}, ${best.hidden} hidden units`;
  const rates = settings["learning-rate"].toSorted((a, b) => a - b);
  const sizes = settings.hidden.toSorted((a, b) => a - b);
  const errorAt = (hidden: number, rate: number) =>
    tested.find(({ combination }) =>
      combination.hidden === hidden && combination.learningRate === rate
    )?.testError.mean ?? NaN;
  return {
    loss: lossChart(shown.epochs, { title, theme }),
    accuracy: accuracyChart(shown.epochs, { title, theme })!,
    test_error: heatMap({
      title: `Iris: mean test error over ${seedsText(settings)}`,
      x: { label: "learning rate", values: rates },
      y: { label: "hidden units", values: sizes },
      cells: sizes.map((hidden) => rates.map((rate) => 100 * errorAt(hidden, rate))),
      format: (value) => value.toFixed(1),
      unit: "test error (%)",
      marked: {
        row: sizes.indexOf(best.hidden),
        column: rates.indexOf(best.learningRate),
        label: "chosen by validation loss",
      },
      ...diverged.length === 0 ? {} : { note: "NaN: training diverged" },
      theme,
    }),
    confusion: confusionChart({
      title: `Iris: test rows of ${seedsText(settings)}, the chosen combination`,
      labels: data.classes,
      counts: confusions(results),
      theme,
    }),
  };
}

function page(results: Results): string {
  const { best, tested, diverged, settings, data, shown } = results;
  const { combination, tests, testError } = best;
  const svg = chartsOf(results, "auto");
  const { rows } = tests[0]!.means;
  const sections: ReportSection[] = [
    {
      title: "Result",
      parts: [
        {
          kind: "figures",
          items: [
            { value: percent(1 - testError.mean), label: "mean test accuracy" },
            { value: percent(1 - Math.max(...testError.values)), label: "worst seed" },
            { value: `${combination.learningRate}`, label: "learning rate" },
            { value: `${combination.hidden}`, label: "hidden units" },
          ],
        },
        {
          kind: "text",
          text: `Of ${tested.length + diverged.length} combinations, each trained with ${
            seedsText(settings)
          }, the one with the lowest mean validation loss was chosen. Only then were the ${rows} test rows of each seed evaluated, once. One test row is ${
            withUnits(percent(1 / rows))
          } of a seed's error.`,
        },
      ],
    },
    {
      title: "Learning curves",
      parts: [
        {
          kind: "figure",
          svg: svg["loss"]!,
          caption:
            `Mean cross-entropy of each epoch, seed ${shown.seed}: of the training rows while the weights moved, of the validation rows after it.`,
        },
        { kind: "figure", svg: svg["accuracy"]!, caption: "Accuracy of the same epochs." },
      ],
    },
    {
      title: "The sweep",
      parts: [
        {
          kind: "figure",
          svg: svg["test_error"]!,
          caption: "Mean test error of each combination; the frame marks the chosen one.",
        },
        ...results.findings.map((text) => ({ kind: "text", text: withUnits(text) }) as const),
        {
          kind: "table",
          header: SWEEP_HEADER,
          rows: sweepRows(results),
          marked: tested.indexOf(best),
          caption: `Mean ± standard deviation over ${seedsText(settings)}.`,
        },
      ],
    },
    {
      title: "Which flowers are mistaken",
      parts: [
        {
          kind: "figure",
          svg: svg["confusion"]!,
          caption: "True species in rows, predicted species in columns.",
        },
        {
          kind: "table",
          header: ["species", "precision", "recall", "F1", "rows"],
          rows: classReport(confusions(results)).map(({ precision, recall, f1, support }, c) => [
            data.classes[c]!,
            ...[precision, recall, f1].map((score) => score === null ? "–" : score.toFixed(3)),
            `${support}`,
          ]),
        },
      ],
    },
    {
      title: "How it was made",
      parts: [
        { kind: "code", text: shown.model.summary() },
        {
          kind: "table",
          header: ["parameter", "minimum", "maximum", "norm"],
          rows: shown.epochs.at(-1)!.parameters!.map(({ name, minimum, maximum, norm }) => [
            name,
            ...[minimum, maximum, norm].map((value) => value.toFixed(4)),
          ]),
          caption: `Learned parameters of seed ${shown.seed}, in model.safetensors.`,
        },
        {
          kind: "text",
          text:
            `${data.y.data.length} flowers, split stratified into ${shown.flowers.training.rows} training, ${shown.flowers.validation.rows} validation and ${rows} test rows; features standardised with the mean and deviation of the training rows. SGD with momentum ${settings.momentum}, batches of ${settings.batch}, ${settings.epochs} epochs, ${settings.schedule} learning rate, weights from ${settings.init}. Backend ${settings.backend}; ${
              (results.durationMs / 1000).toFixed(1)
            } s in all. config.json has every setting.`,
        },
      ],
    },
  ];
  return reportPage({
    title: "A two-layer network on Iris",
    lead:
      `${data.features.length} measures of a flower, one hidden layer of relu units, a softmax over ${data.classes.length} species.`,
    sections,
  });
}

function confusions({ best, data }: Results): number[][] {
  const labels = best.combination.trainings.flatMap(({ flowers }) => [...flowers.testLabels]);
  const predictions = best.tests.flatMap((test) => [...test.predictions]);
  return confusionMatrix(labels, predictions, { classes: data.classes.length });
}

/** A row a training; a combination that diverged has one row, of the seed that did, without numbers. */
function sweepCsv({ tested, diverged }: Results): string {
  const header =
    "learning_rate,hidden,seed,training_loss,validation_loss,validation_error,test_error";
  const empty = diverged.map(({ learningRate, hidden, seed }) =>
    `${learningRate},${hidden},${seed},,,,`
  );
  const rows = tested.flatMap(({ combination, testError }) =>
    combination.trainings.map(({ seed, epochs, validation }, i) =>
      [
        combination.learningRate,
        combination.hidden,
        seed,
        epochs.at(-1)!.training.loss,
        validation.loss,
        errorOf(validation),
        testError.values[i],
      ].join(",")
    )
  );
  return `${[header, ...rows, ...empty].join("\n")}\n`;
}

/** Numbers stay on one line with their units. */
function withUnits(text: string): string {
  return text.replace(/(\d) (%|points)/g, "$1\u00a0$2");
}

function seedsText({ seed, seeds }: Settings): string {
  return seeds === 1 ? `seed ${seed}` : `seeds ${seed} to ${seed + seeds - 1}`;
}
