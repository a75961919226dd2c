import {
  type Ablations,
  type AblationSummary,
  type Parts,
  summarizeAblations,
} from "./ablations.ts";
import type { ReportPart } from "./report_page.ts";

/**
 * A table of what parts are for and, where that was measured, of the accuracy with something else in
 * place of each.
 *
 * @param parts The parts.
 * @param ablations What was measured.
 * @returns The table, and below it where the accuracies are from and how far to trust them.
 *
 * @example
 * ```ts
 * import { explainParts } from "@gradus/cli";
 * import { assertEquals } from "@std/assert";
 *
 * const parts = {
 *   flip: { what: "mirror images", why: "More to learn from.", instead: "images as they are" },
 * };
 * const [table, source] = explainParts(parts, {
 *   command: "deno task cifar:ablations",
 *   validation: 1000,
 *   whole: [0.75],
 *   without: { flip: [0.73] },
 * });
 * assertEquals(table!.kind, "table");
 * assertEquals(source, {
 *   kind: "text",
 *   text: "Measured by `deno task cifar:ablations` on 1000 images held out, one seed: " +
 *     "with all parts the accuracy is 75.0 %.",
 * });
 * ```
 */
export function explainParts(parts: Parts, ablations: Ablations): ReportPart[] {
  const summary = summarizeAblations(ablations);
  const rows = Object.entries(parts).map(([part, { what, why, instead }]) => [
    ...[what, why, instead],
    ...summary === null ? [] : [accuracyWithout(part, summary)],
  ]);
  return [
    {
      kind: "table",
      header: ["part", "why", "in its place", ...summary === null ? [] : ["accuracy"]],
      rows,
      prose: [0, 1, 2],
    },
    ...summary === null ? [] : [{ kind: "text", text: source(summary, ablations) } as const],
  ];
}

/**
 * The same for a page of Markdown: parts, what is in their place, and accuracies.
 *
 * @param parts The parts.
 * @param ablations What was measured.
 * @returns A table, and below it where the accuracies are from.
 *
 * @example
 * ```ts
 * import { partsMarkdown } from "@gradus/cli";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const parts = {
 *   flip: { what: "mirror images", why: "More to learn from.", instead: "images as they are" },
 * };
 * const measured = { command: "ablate", validation: 1000, whole: [0.75], without: { flip: [0.73] } };
 * assertStringIncludes(
 *   partsMarkdown(parts, measured),
 *   "| mirror images | images as they are | 73.0 % (−2.0) |",
 * );
 * ```
 */
export function partsMarkdown(parts: Parts, ablations: Ablations): string {
  const summary = summarizeAblations(ablations);
  const rows = Object.entries(parts).map((
    [part, { what, instead }],
  ) => [what, instead, summary === null ? "–" : accuracyWithout(part, summary)]);
  const lines = [["part", "in its place", "accuracy"], ["---", "---", "---"], ...rows]
    .map((row) => `| ${row.join(" | ")} |`);
  return [...lines, ...summary === null ? [] : ["", source(summary, ablations)]].join("\n");
}

function source(summary: AblationSummary, { command, validation }: Ablations): string {
  const { whole, seeds, standardError } = summary;
  const error = standardError === null
    ? ""
    : `, and the standard error of a difference ${standardError.toFixed(1)} points`;
  return `Measured by \`${command}\` on ${validation} images held out, ${
    seeds === 1 ? "one seed" : `mean of ${seeds} seeds`
  }: with all parts the accuracy is ${percent(whole)}${error}.`;
}

function accuracyWithout(part: string, { costs }: AblationSummary): string {
  const cost = costs.get(part);
  if (cost === undefined) return "–";
  const { accuracy, points } = cost;
  if (accuracy === null || points === null) return "diverges";
  const size = Math.abs(points).toFixed(1);
  const sign = Number(size) === 0 ? "±" : points < 0 ? "+" : "−";
  return `${percent(accuracy)} (${sign}${size})`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
