import { lineChart } from "@gradus/plot/line-chart";
import { switchFlag, textFlag } from "../flag.ts";
import { helpText, parseOperands } from "../parse_flags.ts";
import { reportPage } from "../report_page.ts";
import { textTable } from "../text_table.ts";
import { UsageError } from "../usage_error.ts";
import { type Experiment, type HistoryRow, readExperiment, settingText } from "./_experiment.ts";
import { plain } from "./_plain.ts";
import { writeFiles } from "./_write_files.ts";

const FLAGS = {
  out: textFlag({
    description: "folder for the files (default: a new one in experiments/comparisons)",
    fallback: null,
    placeholder: "DIR",
  }),
  json: switchFlag({ description: "print one JSON object as the last line" }),
  help: switchFlag({ description: "show this help" }),
};

/** More curves could not be told apart. */
const MOST = 8;

/** `gradus compare`: runs beside each other. */
export async function run(args: readonly string[]): Promise<number> {
  const { flags, operands } = parseOperands(args, FLAGS, { name: "RUN", atLeast: 2, atMost: MOST });
  if (flags.help) {
    console.log(helpText(FLAGS, {
      command: "gradus compare RUN RUN…",
      purpose:
        "Draws the curves of runs over each other, and lists the settings in which they differ.",
      note: "Curves (loss.svg, accuracy.svg), settings.csv and report.html go into a new folder.",
    }));
    return 0;
  }
  const runs = await Promise.all(
    operands.map((folder) => readExperiment(folder.replace(/(?<=.)\/+$/, ""))),
  );
  const bare = runs.find(({ history }) => history.length === 0);
  if (bare !== undefined) {
    throw new UsageError(
      `Cannot compare ${bare.folder} as it must have an epoch: found none in its history.csv`,
    );
  }
  const [table, results, charts] = [settingsTable(runs), resultsTable(runs), chartsOf(runs)];
  const { stringify } = await import("@std/csv/stringify");
  const folder = flags.out ?? await newFolder(runs);
  await writeFiles(
    folder,
    new Map([
      ...[...charts].map(([name, svg]): [string, string] => [`${name}.svg`, svg]),
      ["settings.csv", stringify([[...table.header], ...table.rows.map((row) => [...row])])],
      ["report.html", page(runs, { charts, table, results })],
    ]),
  );
  console.log(textTable(results.header, results.rows, { text: [0] }));
  console.log(
    table.rows.length === 0
      ? "\nTheir settings are the same."
      : `\n${
        textTable(table.header, table.rows.map((row) => row.map((cell) => plain(cell))), {
          text: [0],
        })
      }`,
  );
  console.log(`\nCurves and settings: ${folder}/report.html`);
  if (flags.json) {
    const differing = Object.fromEntries(table.rows.map(([name, ...values]) => [name, values]));
    console.log(
      JSON.stringify({
        runs: runs.map(({ folder }) => folder),
        differing,
        folder: folder,
      }),
    );
  }
  return 0;
}

async function newFolder(runs: readonly Experiment[]): Promise<string> {
  const { openRun } = await import("@gradus/train/run");
  const config = { runs: runs.map(({ folder }) => folder) };
  return (await openRun({ modelName: "comparisons", config })).folder;
}

interface Table {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Where the settings differ, a column a run; versions and numbers made from data count as well. */
function settingsTable(runs: readonly Experiment[]): Table {
  const names = [...new Set(runs.flatMap(({ config }) => Object.keys(config)))];
  const rows = names
    .map((name) => [name, ...runs.map(({ config }) => settingText(config, name))])
    .filter(([, ...values]) => new Set(values).size > 1);
  return { header: ["setting", ...namesOf(runs)], rows };
}

function resultsTable(runs: readonly Experiment[]): Table {
  const share = (value: number | null) => value === null ? "–" : `${(100 * value).toFixed(2)} %`;
  const number = (value: number | null) => value === null ? "–" : value.toFixed(4);
  return {
    header: ["run", "epochs", "training loss", "validation loss", "validation accuracy"],
    rows: runs.map(({ history }, place) => {
      const { epoch, trainingLoss, validationLoss, validationAccuracy } = history.at(-1)!;
      return [
        ...[namesOf(runs)[place]!, `${epoch}`, number(trainingLoss), number(validationLoss)],
        share(validationAccuracy),
      ];
    }),
  };
}

/** As much of each folder's end as tells them apart. */
function namesOf(runs: readonly Experiment[]): string[] {
  const parts = runs.map(({ folder }) => folder.split("/"));
  const longest = Math.max(...parts.map(({ length }) => length));
  for (let count = 1; count < longest; count++) {
    const names = parts.map((part) => plain(part.slice(-count).join("/")));
    if (new Set(names).size === names.length) return names;
  }
  return runs.map(({ folder }, place) => `${place + 1}: ${plain(folder)}`);
}

function chartsOf(runs: readonly Experiment[]): Map<string, string> {
  const charts = new Map<string, string>();
  const loss = curves(runs, { training: "trainingLoss", validation: "validationLoss", factor: 1 });
  charts.set(
    "loss",
    lineChart({ title: "Loss", x: { label: "epoch" }, y: { label: "mean loss" }, series: loss }),
  );
  const accuracy = curves(runs, {
    ...{ training: "trainingAccuracy", validation: "validationAccuracy", factor: 100 },
  });
  if (accuracy.length > 0) {
    charts.set(
      "accuracy",
      lineChart({
        title: "Accuracy",
        x: { label: "epoch" },
        y: { label: "accuracy (%)" },
        series: accuracy,
      }),
    );
  }
  return charts;
}

/** The curve of each run: of validation where there is one, else of training. */
function curves(
  runs: readonly Experiment[],
  { training, validation, factor }: {
    readonly training: "trainingLoss" | "trainingAccuracy";
    readonly validation: "validationLoss" | "validationAccuracy";
    readonly factor: number;
  },
) {
  return runs.flatMap(({ history }, place) => {
    const column = history.some((row) => row[validation] !== null) ? validation : training;
    const known = history.filter((row): row is HistoryRow => row[column] !== null);
    if (known.length === 0) return [];
    return [{
      name: `${namesOf(runs)[place]}, ${column === validation ? "validation" : "training"}`,
      x: known.map(({ epoch }) => epoch),
      y: known.map((row) => factor * row[column]!),
    }];
  });
}

function page(
  runs: readonly Experiment[],
  { charts, table, results }: {
    readonly charts: ReadonlyMap<string, string>;
    readonly table: Table;
    readonly results: Table;
  },
): string {
  const figure = (name: string, caption: string) => {
    const svg = charts.get(name);
    return svg === undefined ? [] : [{ kind: "figure", svg, caption } as const];
  };
  return reportPage({
    title: "A comparison of runs",
    lead: runs.map(({ folder }) => plain(folder, 200)).join(", "),
    sections: [
      {
        title: "Results",
        parts: [
          { kind: "table", ...results, caption: "After the last epoch." },
          ...figure("loss", "Mean loss of each epoch."),
          ...figure("accuracy", "Accuracy of the same epochs."),
        ],
      },
      {
        title: "Settings",
        parts: [
          table.rows.length === 0
            ? { kind: "text", text: "They are the same." }
            : { kind: "table", ...table, caption: "Those in which the runs differ." },
        ],
      },
    ],
  });
}
