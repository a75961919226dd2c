import { equalShapes, type Shape } from "@gradus/tensor";
import type { Step } from "./_steps.ts";
import type { OnnxTensor } from "./onnx_model.ts";

/** How a value lies in a graph, without the batch. */
export interface Form {
  /** What it is in Gradus. */
  readonly shape: Shape;
  /** What it is in the graph. */
  readonly physical: Shape;
  /**
   * Null where its numbers stand in one order here and there. Else they stand there as `[channels, …]` of
   * this shape `[…, channels]`.
   */
  readonly image: Shape | null;
}

/** What a layer makes. */
export interface Flow extends Form {
  readonly kind: "flow";
  /** The layer. */
  readonly step: Step;
}

/** `factor · x · …`: whether it is a scale, SiLU or GELU shows when it is complete. */
export interface Product {
  readonly kind: "product";
  readonly factor: number;
  readonly factors: readonly [Flow | Gate, (Flow | Gate)?];
}

/** `erf(x / √2)`, on the way to GELU. */
export interface Erf {
  readonly kind: "erf";
  readonly of: Flow;
}

/** `1 + erf(x / √2)`, on the way to GELU. */
export interface Gate {
  readonly kind: "gate";
  readonly of: Flow;
}

/** A tensor of the file. */
export interface Constant {
  readonly kind: "constant";
  readonly tensor: OnnxTensor;
}

/** What a name in a graph stands for. */
export type Value = Flow | Product | Erf | Gate | Constant;

/** Whether each number of two values stands at one place. */
export function liesAs(a: Form, b: Form): boolean {
  return equalShapes(a.shape, b.shape) && equalShapes(a.physical, b.physical) &&
    (a.image === null || b.image === null ? a.image === b.image : equalShapes(a.image, b.image));
}

/** Which axis of the graph, the batch being axis 0, has the channels or features. */
export function featureAxis({ shape, physical, image }: Form): number {
  return image !== null || physical.length !== shape.length ? 1 : shape.length;
}

/** The form of what is the same here and in the graph. */
export function sameForm(shape: Shape): Pick<Form, "physical" | "image"> {
  return { physical: shape, image: null };
}

/** The form of `[…, channels]` that stands in the graph as `[channels, …]`. */
export function asChannelsFirst(shape: Shape): Pick<Form, "physical" | "image"> {
  return { physical: [shape.at(-1)!, ...shape.slice(0, -1)], image: shape };
}
