import type { ReportPart, ReportSection } from "@gradus/cli/report-page";
import type { Sequential } from "@gradus/layers";
import { ABLATIONS, type Ablations, type AblationSummary, summarise } from "./ablations.ts";
import type { Trial } from "./flags.ts";
import { trainingOperations } from "./operations.ts";
import { type PartName, PARTS } from "./parts.ts";
import type { Recipe } from "./recipes.ts";

/** Sections on the model, its parts and its making. */
export function explain(
  { model, recipe, epochs, batch, images, validation, settings, backend }: {
    readonly model: Sequential;
    readonly recipe: Recipe;
    readonly epochs: number;
    readonly batch: number;
    /** Training images, without those held out. */
    readonly images: number;
    readonly validation: number;
    readonly settings: Trial;
    /** What computed. */
    readonly backend: string;
  },
): ReportSection[] {
  const { without } = settings;
  const left = without === null
    ? ""
    : ` ${PARTS[without].what} was left out: in its place ${PARTS[without].instead}.`;
  return [
    {
      title: "The model",
      parts: [{ kind: "code", text: model.summary() }, ...explainParts(ABLATIONS)],
    },
    {
      title: "How it was made",
      parts: [{
        kind: "text",
        text:
          `SGD with Nesterov momentum 0.85, batches of ${batch}, ${epochs} epochs, one cycle of the learning rate, blocks of ${
            recipe.widths.join(", ")
          } channels, seed ${settings.seed}, backend ${backend}.${left} ${validation} training images were held out to validate by; the test images were looked at once, at the end. config.json has every setting.`,
      }, {
        kind: "text",
        text: `${images} training images an epoch took ${
          trainingOperations(model, images * epochs).toExponential(1).replace("e+", "e")
        } floating-point operations in all: 2 a multiply-add, forward once and backward twice. The training loss is that of smoothed labels and of images that were mirrored and shifted, which is why it lies above the validation loss.`,
      }],
    },
  ];
}

/** What each part is for, and what it was measured to be worth. */
export function explainParts(ablations: Ablations): ReportPart[] {
  const summary = summarise(ablations);
  const rows = (Object.keys(PARTS) as PartName[]).map((part) => {
    const { what, why, instead } = PARTS[part];
    return [what, why, instead, ...summary === null ? [] : [accuracyWithout(part, summary)]];
  });
  return [
    {
      kind: "table",
      header: ["part", "why", "in its place", ...summary === null ? [] : ["accuracy"]],
      rows,
      prose: [0, 1, 2],
      ...summary === null ? {} : {
        caption: "What each part is for, and validation accuracy with something else instead.",
      },
    },
    ...summary === null ? [] : [{ kind: "text", text: source(summary, ablations) } as const],
  ];
}

/** Where the accuracies are from, and how far to trust them. */
function source(summary: AblationSummary, { recipe, validation }: Ablations): string {
  const { whole, seeds, standardError } = summary;
  const error = standardError === null
    ? ""
    : `, and ${standardError.toFixed(1)} points the standard error of a difference`;
  return `Measured by \`deno task cifar:ablations\` for the recipe ${recipe} on ${validation} validation images, mean of ${
    seeds === 1 ? "one seed" : `${seeds} seeds`
  }: with all parts the accuracy is ${percent(whole)}${error}.`;
}

function accuracyWithout(part: PartName, { costs }: AblationSummary): string {
  const cost = costs.find((one) => one.part === part);
  if (cost === undefined) return "–";
  const { accuracy, points } = cost;
  if (accuracy === null || points === null) return "diverges";
  return `${percent(accuracy)} (${points < 0 ? "+" : "−"}${Math.abs(points).toFixed(1)})`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
