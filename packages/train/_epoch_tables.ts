import type { EpochEntry } from "./epoch_entry.ts";

/** A row an epoch, as CSV; epochs count from 1 and what is not known is empty. */
export function historyCsv(epochs: readonly EpochEntry[]): string {
  const header = [
    "epoch",
    "training_loss",
    "training_accuracy",
    "validation_loss",
    "validation_accuracy",
    "learning_rate",
    "duration_ms",
  ];
  return csv([
    header,
    ...epochs.map(({ epoch, training, validation, learningRate, durationMs }) => [
      epoch + 1,
      training.loss,
      training.accuracy,
      validation?.loss,
      validation?.accuracy,
      learningRate,
      durationMs.toFixed(3),
    ]),
  ]);
}

/** A row for each parameter of each epoch, as CSV. */
export function parametersCsv(epochs: readonly EpochEntry[]): string {
  return csv([
    ["epoch", "parameter", "minimum", "maximum", "norm"],
    ...epochs.flatMap(({ epoch, parameters = [] }) =>
      parameters.map((
        { name, minimum, maximum, norm },
      ) => [epoch + 1, name, minimum, maximum, norm])
    ),
  ]);
}

type Field = string | number | null | undefined;

function csv(rows: readonly (readonly Field[])[]): string {
  return rows.map((row) => `${row.map(quote).join(",")}\n`).join("");
}

/** RFC 4180; only the names that layers give their parameters may need it. */
function quote(field: Field): string {
  const text = `${field ?? ""}`;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
