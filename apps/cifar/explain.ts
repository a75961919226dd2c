import type { ReportSection } from "@gradus/cli/report-page";
import type { Sequential } from "@gradus/layers";
import type { Settings } from "./flags.ts";
import type { Recipe } from "./recipes.ts";

/** Why each part of the model is there. */
const PARTS = [
  [
    "frozen whitening",
    "The first convolution turns each patch into numbers that are uncorrelated and alike in spread, from the eigenvectors of 5,000 training images' patches; it is not trained, so no step is spent on learning it.",
  ],
  [
    "3×3 convolutions",
    "Two of them see 5×5 pixels with 18/25 of the weights of one 5×5 kernel, and with a nonlinearity between.",
  ],
  [
    "dirac start",
    "A convolution first passes its input on, so that early gradients reach every block.",
  ],
  [
    "max-pooling",
    "Halves each side after the first convolution of a block: the second costs a quarter, and small shifts change nothing.",
  ],
  [
    "batch norm",
    "Keeps each channel's mean and spread, which allows the large learning rate; its scale and shift learn 64 times as fast as the weights.",
  ],
  ["GELU", "A smooth relu, whose gradient does not vanish at once below 0."],
  [
    "global max-pooling",
    "One number a channel, wherever in the image it was: few weights in the last layer.",
  ],
  ["logits × 1/9", "Smaller logits at the start keep the softmax from being sure too early."],
  [
    "flip and shift",
    "Alternating mirror images and shifts by up to 2 pixels: each epoch sees other images.",
  ],
  [
    "label smoothing",
    "Targets of 0.9 and little for the others: the model does not become surer than the labels are.",
  ],
  [
    "lookahead",
    "Every five steps the weights go back to a moving average, whose weight grows towards the end.",
  ],
] as const;

/** Sections on the model, its parts and its making. */
export function explain(
  { model, recipe, epochs, batch, validation, settings }: {
    readonly model: Sequential;
    readonly recipe: Recipe;
    readonly epochs: number;
    readonly batch: number;
    readonly validation: number;
    readonly settings: Settings;
  },
): ReportSection[] {
  return [
    {
      title: "The model",
      parts: [
        { kind: "code", text: model.summary() },
        {
          kind: "table",
          header: ["part", "why"],
          rows: PARTS,
          prose: [1],
        },
      ],
    },
    {
      title: "How it was made",
      parts: [{
        kind: "text",
        text:
          `SGD with Nesterov momentum 0.85, batches of ${batch}, ${epochs} epochs, one cycle of the learning rate, blocks of ${
            recipe.widths.join(", ")
          } channels, seed ${settings.seed}, backend ${settings.backend}. ${validation} training images were held out to validate by; the test images were looked at once, at the end. config.json has every setting.`,
      }],
    },
  ];
}
