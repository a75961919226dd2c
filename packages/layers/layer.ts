import type { Random } from "@gradus/random";
import type { Backend, Shape, Tensor } from "@gradus/tensor";
import type { LayerRecord } from "./layer_record.ts";

/** `"train"` keeps what backward needs and lets dropout and batch norm act; `"eval"` does neither. */
export type Mode = "train" | "eval";

/** Numbers that an optimizer moves. */
export interface Parameter {
  /** `weight`, `bias`, `scale` or `shift`; in a model prefixed by the path, as in `3.branch.0.weight`. */
  readonly name: string;
  /** The numbers; the tensor keeps its identity for the life of the layer. */
  readonly value: Tensor;
  /** ∂L/∂value of the last backward: set, not added to. */
  readonly gradient: Tensor;
  /** Whether backward computes the gradient and an optimizer may move the value. */
  trainable: boolean;
}

/** What is saved with a model but not trained: running statistics, counters. */
export interface State {
  /** As a parameter's name. */
  readonly name: string;
  /** A tensor keeps its identity; a number is overwritten. */
  value: Tensor | number;
}

/** What {@linkcode Layer.init} needs of its surroundings. */
export interface InitContext {
  /** Where parameters and buffers live. */
  readonly backend: Backend;
  /** Where initial values come from. */
  readonly random: Random;
}

/** What {@linkcode Layer.backward} takes beside the gradient. */
export interface BackwardOptions {
  /** Whether ∂L/∂x is wanted; without it, backward returns null. Default: true. */
  readonly inputGradient?: boolean;
}

/**
 * One function of a network with its derivative, written by hand.
 *
 * A layer owns its output and gradient buffers and writes into neither `x` nor `dy`. A result is valid
 * until the layer runs again. Write your own by implementing this interface; `gradientCheck` of
 * `@gradus/train` tells whether its backward is the derivative of its forward.
 */
export interface Layer {
  /**
   * Allocates parameters and initialises them.
   *
   * @param inputShape Shape of one input, without the batch.
   * @param context The backend, and where initial values come from.
   * @returns Shape of one output, without the batch.
   * @throws {ShapeError} If the layer has no meaning for such inputs.
   * @throws {Error} If the layer is initialised already.
   */
  init(inputShape: Shape, context: InitContext): Shape;
  /**
   * Computes the output.
   *
   * @param x `[batch, …inputShape]`.
   * @param mode Default: `"train"`.
   * @returns `[batch, …outputShape]`, valid until the layer runs again.
   */
  forward(x: Tensor, mode?: Mode): Tensor;
  /**
   * Takes ∂L/∂y of the last forward in train mode, and sets the gradient of each trainable parameter.
   *
   * @param dy `[batch, …outputShape]`.
   * @param options Whether ∂L/∂x is wanted.
   * @returns ∂L/∂x, `[batch, …inputShape]`, valid until the layer runs again; null where not wanted.
   * @throws {Error} If there was no forward in train mode since the last backward.
   * @throws {ShapeError} If `dy` has another shape than the last output.
   */
  backward(dy: Tensor, options?: BackwardOptions): Tensor | null;
  /** What an optimizer moves, in the order weight, bias (batch norm: scale, shift); empty before `init`. */
  readonly parameters: readonly Parameter[];
  /** What is saved and not trained; empty before `init`. */
  readonly state: readonly State[];
  /** The layer's settings as a plain record, from which `layerFromJson` makes it again; a layer of the user's own may lack it. */
  toJSON?(): LayerRecord;
}
