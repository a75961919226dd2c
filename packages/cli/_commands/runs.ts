import { choiceFlag, type Flag, integerFlag, switchFlag, textFlag } from "../flag.ts";
import { helpText, parseOperands } from "../parse_flags.ts";
import { textTable } from "../text_table.ts";
import { UsageError } from "../usage_error.ts";
import { quoteText } from "../_quote_text.ts";
import { type Experiment, findExperiments, type HistoryRow, settingText } from "./_experiment.ts";
import { plain } from "./_plain.ts";

const ORDERS = ["accuracy", "loss", "folder"] as const;

const FLAGS = {
  by: choiceFlag({
    description: "what is best: validation accuracy, validation loss, or the order of folders",
    fallback: "accuracy",
    choices: ORDERS,
  }),
  where: conditionsFlag(),
  columns: textFlag({
    description: "further settings to show, with commas between them",
    fallback: null,
    placeholder: "NAME[,NAME…]",
  }),
  limit: integerFlag({ description: "show so many at most", fallback: null, atLeast: 1 }),
  json: switchFlag({ description: "print one JSON array" }),
  help: switchFlag({ description: "show this help" }),
};

/** Settings that runs must have. */
type Conditions = readonly { readonly name: string; readonly value: string }[];

/** `gradus runs`: a table of experiments. */
export async function run(args: readonly string[]): Promise<number> {
  const { flags, operands } = parseOperands(args, FLAGS, { name: "DIR" });
  if (flags.help) {
    console.log(helpText(FLAGS, {
      command: "gradus runs [DIR…]",
      purpose: "Lists the runs in folders of experiments (default experiments), best first.",
      note: "Loss and accuracy are those of the last epoch, which is that of model.safetensors.",
    }));
    return 0;
  }
  const all = await findExperiments(operands.length === 0 ? ["experiments"] : operands);
  const shown = all
    .filter(({ config }) =>
      flags.where.every(({ name, value }) => settingText(config, name) === value)
    )
    .toSorted(comparing(flags.by))
    .slice(0, flags.limit ?? all.length);
  console.log(
    flags.json
      ? JSON.stringify(shown.map(toJson))
      : shown.length === 0
      ? "No runs."
      : table(shown, flags.columns?.split(",") ?? []),
  );
  return 0;
}

function conditionsFlag(): Flag<Conditions> {
  return {
    placeholder: "NAME=VALUE[;…]",
    description: "show runs with these settings alone, such as sample=true;seed=0",
    fallback: [],
    read: (text, name) =>
      text.split(";").map((condition) => {
        const equals = condition.indexOf("=");
        if (equals > 0) {
          return { name: condition.slice(0, equals), value: condition.slice(equals + 1) };
        }
        throw new UsageError(
          `Cannot use --${name} as each condition must be NAME=VALUE: found ${
            quoteText(condition)
          }`,
        );
      }),
  };
}

/** Best first; those that do not have what they are ordered by come last, in the order of their folders. */
function comparing(by: typeof ORDERS[number]): (a: Experiment, b: Experiment) => number {
  const keyOf = ({ validationAccuracy, validationLoss }: HistoryRow) =>
    by === "accuracy"
      ? [-(validationAccuracy ?? NaN), validationLoss ?? NaN]
      : [validationLoss ?? NaN];
  return (a, b) => {
    if (by === "folder") return 0;
    const [first, second] = [a, b].map(({ history }) => keyOf(history.at(-1)!)) as [
      number[],
      number[],
    ];
    for (const [place, own] of first.entries()) {
      const other = second[place]!;
      if (Number.isNaN(own) !== Number.isNaN(other)) return Number.isNaN(own) ? 1 : -1;
      if (own < other) return -1;
      if (own > other) return 1;
    }
    return 0;
  };
}

function table(experiments: readonly Experiment[], columns: readonly string[]): string {
  return textTable(
    [
      ...["run", "validation accuracy", "validation loss", "training loss", "epochs", "seed"],
      ...["learning rate", "trained for", ...columns],
    ],
    experiments.map(({ folder, config, history }) => {
      const { validationAccuracy, validationLoss, trainingLoss, epoch } = history.at(-1)!;
      return [
        plain(folder, 200),
        validationAccuracy === null ? "–" : `${(100 * validationAccuracy).toFixed(2)} %`,
        validationLoss === null ? "–" : validationLoss.toFixed(4),
        trainingLoss.toFixed(4),
        `${epoch}`,
        plain(settingText(config, "seed") || "–"),
        plain(settingText(config, "learning-rate") || "–"),
        `${(durationOf(history) / 1000).toFixed(1)} s`,
        ...columns.map((name) => plain(settingText(config, name) || "–")),
      ];
    }),
  );
}

function durationOf(history: readonly HistoryRow[]): number {
  return history.reduce((sum, { durationMs }) => sum + (durationMs ?? 0), 0);
}

function toJson({ folder, config, history }: Experiment): Record<string, unknown> {
  const { epoch, ...last } = history.at(-1)!;
  return { folder, epochs: epoch, ...last, durationMs: durationOf(history), config };
}
