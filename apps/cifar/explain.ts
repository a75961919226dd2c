import { explainParts } from "@gradus/cli/explain-parts";
import type { ReportSection } from "@gradus/cli/report-page";
import type { Sequential } from "@gradus/layers";
import ablations from "./ablations.json" with { type: "json" };
import type { Trial } from "./flags.ts";
import { MUON_ITERATIONS } from "./network.ts";
import { orthogonalOperations, trainingOperations } from "./operations.ts";
import { PARTS } from "./parts.ts";
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
  const part = without === null ? null : PARTS[without];
  const isMuon = recipe.optimizer === "muon";
  const steps = epochs * Math.ceil(images / batch);
  const orthogonal = isMuon
    ? orthogonalOperations(model, { steps, iterations: MUON_ITERATIONS })
    : 0;
  const operations = trainingOperations(model, images * epochs) + orthogonal;
  const left = part === null ? "" : ` Left out: ${part.what}; in its place ${part.instead}.`;
  return [
    {
      title: "The model",
      parts: [{ kind: "code", text: model.summary() }, ...explainParts(PARTS, ablations)],
    },
    {
      title: "How it was made",
      parts: [{
        kind: "text",
        text: `${
          isMuon ? "Muon, and SGD for what is no kernel of a convolution," : "SGD"
        } with Nesterov momentum 0.85, batches of ${batch}, ${epochs} epochs, one cycle of the learning rate, blocks of ${
          recipe.widths.join(", ")
        } channels, seed ${settings.seed}, backend ${backend}.${left} ${validation} training images were held out to validate by; the test images were looked at once, at the end. config.json has every setting.`,
      }, {
        kind: "text",
        text: `${images} training images an epoch took ${
          operations.toExponential(1).replace("e+", "e")
        } floating-point operations in all: 2 a multiply-add, forward once and backward twice${
          isMuon ? `, and ${orthogonal.toExponential(1).replace("e+", "e")} of Muon's own` : ""
        }. The training loss is that of smoothed labels and of images that were mirrored and shifted, which is why it lies above the validation loss.`,
      }],
    },
  ];
}
