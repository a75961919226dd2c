import { lineChart } from "@gradus/plot/line-chart";
import type { CollectedSweep, ImageCombination } from "./collect_image_trials.ts";
import type { ImageSweep } from "./image_sweep.ts";
import type { ReportPart, ReportSection } from "./report_page.ts";
import { type Spread, spreadOf } from "./spread.ts";
import { trialName } from "./trial_grid.ts";

/** More lines could not be told apart. */
const MOST_LINES = 8;

/** What a report tells of a sweep: how it was chosen, curves, and a table of all combinations. */
export function sweepSection(sweep: ImageSweep, collected: CollectedSweep): ReportSection {
  const { combinations, best, testAccuracy, mirroredTestAccuracy, shiftedTestAccuracy } = collected;
  const trained = combinations.filter(({ validation }) => validation !== null);
  const tested = testAccuracy === null
    ? ""
    : `: mean test accuracy ${percents(testAccuracy)}${
      mirroredTestAccuracy === null ? "" : `, with mirror images ${percents(mirroredTestAccuracy)}`
    }${
      shiftedTestAccuracy === null ? "" : `, with moved images too ${percents(shiftedTestAccuracy)}`
    }`;
  const chosen = combinations.length === 1
    ? `Trained with ${seedsText(best)}.`
    : `Of ${combinations.length} combinations, each trained with ${
      seedsText(best)
    }, the one with the lowest mean validation loss was chosen: ${nameOf(sweep, best)}.`;
  const parts: ReportPart[] = [
    {
      kind: "text",
      text:
        `${chosen} Only then were the test images looked at, once for each seed${tested}. What is above is of the seed with the lowest validation loss.`,
    },
    {
      kind: "figure",
      svg: validationChart(sweep, trained),
      caption: trained.length > MOST_LINES
        ? `Mean validation loss of each epoch, of the ${MOST_LINES} combinations in which it ended lowest.`
        : "Mean validation loss of each epoch.",
    },
    {
      kind: "table",
      header: [...sweep.axes, "validation loss", "validation accuracy (%)"],
      rows: combinations.map(({ values, validation }) => [
        ...values.map((value) => `${value}`),
        ...validation === null
          ? ["diverged", "–"]
          : [shown(validation.loss, 3), percents(validation.accuracy).replace(" %", "")],
      ]),
      marked: combinations.indexOf(best),
      caption: `Mean ± standard deviation over ${seedsText(best)}.`,
    },
  ];
  return { title: "The sweep", parts };
}

/** A row a trial; of those that went astray without numbers, of those not chosen without a test. */
export function sweepCsv(sweep: ImageSweep, collected: CollectedSweep): string {
  const header = [
    ...sweep.axes.map((axis) => axis.replaceAll("-", "_")),
    ...["seed", "training_loss", "validation_loss", "validation_accuracy", "test_accuracy"],
  ];
  const rows = collected.combinations.flatMap((combination) =>
    combination.trials.map(({ plan, ran }, i) => {
      const { training, validation } = ran.diverged === null ? ran.epochs.at(-1)! : {};
      const test = combination === collected.best ? collected.testAccuracy?.values[i] : undefined;
      return [
        ...[...plan.values, plan.seed, training?.loss, validation?.loss],
        ...[validation?.accuracy, test],
      ].map((cell) => `${cell ?? ""}`);
    })
  );
  return `${[header, ...rows].map((row) => row.join()).join("\n")}\n`;
}

function validationChart(sweep: ImageSweep, trained: readonly ImageCombination[]): string {
  const lowest = trained
    .toSorted((a, b) => a.validation!.loss.mean - b.validation!.loss.mean)
    .slice(0, MOST_LINES);
  return lineChart({
    title: "Validation loss",
    x: { label: "epoch" },
    y: { label: "mean loss" },
    series: trained.filter((one) => lowest.includes(one)).map((combination) => ({
      name: nameOf(sweep, combination),
      y: meansOf(combination),
    })),
  });
}

/** The mean validation loss of each epoch over the seeds. */
function meansOf({ trials }: ImageCombination): number[] {
  return trials[0]!.ran.epochs.map((_, epoch) =>
    spreadOf(trials.map(({ ran }) => ran.epochs[epoch]?.validation?.loss ?? NaN)).mean
  );
}

function nameOf({ axes }: ImageSweep, { values }: ImageCombination): string {
  const name = trialName(Object.fromEntries(axes.map((axis, i) => [axis, values[i]])));
  return name === "" ? "all seeds" : name;
}

function seedsText({ trials }: ImageCombination): string {
  const [first, last] = [trials[0]!.plan.seed, trials.at(-1)!.plan.seed];
  return first === last ? `seed ${first}` : `seeds ${first} to ${last}`;
}

function percents({ mean, deviation, values }: Spread): string {
  return `${shown({ mean: 100 * mean, deviation: 100 * deviation, values }, 2)} %`;
}

function shown({ mean, deviation }: Spread, digits: number): string {
  return `${mean.toFixed(digits)} ± ${deviation.toFixed(digits)}`;
}
