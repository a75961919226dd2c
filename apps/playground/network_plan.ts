import type { Settings } from "./settings.ts";

/** A layer as data: the worker builds it, the page prints it as code. */
export type LayerPlan =
  | { readonly layer: "Conv2d"; readonly channels: number }
  | { readonly layer: "Dense"; readonly units: number }
  | {
    readonly layer: "BatchNorm" | "Relu" | "MaxPool2d" | "GlobalMaxPool2d" | "Flatten";
  };

/**
 * The layers of a classifier.
 *
 * A perceptron has one hidden layer. The convolutions are three, each with twice the channels of the
 * one before, over an image that is halved between them; what the last finds anywhere in the image
 * counts, not where.
 *
 * @param settings The kind of network, and its width.
 * @param task The shape of an input, and how many classes there are.
 */
export function networkPlan(
  { network, width }: Pick<Settings, "network" | "width">,
  { inputShape, classes }: { readonly inputShape: readonly number[]; readonly classes: number },
): LayerPlan[] {
  switch (network) {
    case "perceptron":
      return [
        ...inputShape.length === 3 ? [{ layer: "Flatten" } as const] : [],
        { layer: "Dense", units: width },
        { layer: "Relu" },
        { layer: "Dense", units: classes },
      ];
    case "convolutions":
      return [
        ...convolution(width),
        { layer: "MaxPool2d" },
        ...convolution(2 * width),
        { layer: "MaxPool2d" },
        ...convolution(4 * width),
        { layer: "GlobalMaxPool2d" },
        { layer: "Dense", units: classes },
      ];
  }
}

function convolution(channels: number): LayerPlan[] {
  return [{ layer: "Conv2d", channels }, { layer: "BatchNorm" }, { layer: "Relu" }];
}

/** A layer as a program has it. */
export function layerCode(plan: LayerPlan): string {
  switch (plan.layer) {
    case "Conv2d":
      return `new Conv2d(${plan.channels}, { kernel: 3, padding: "same" })`;
    case "Dense":
      return `new Dense(${plan.units})`;
    case "MaxPool2d":
      return `new MaxPool2d(2)`;
    default:
      return `new ${plan.layer}()`;
  }
}
