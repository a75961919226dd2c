import { BatchBuffer, type Shape, ShapeError, type Tensor } from "@gradus/tensor";
import { activations } from "./_activations.ts";
import { readEpsilon } from "./_epsilon.ts";
import { createParameter } from "./create_parameter.ts";
import { ForwardPass } from "./forward_pass.ts";
import { onesInit, zerosInit } from "./initializers/constant.ts";
import type { BackwardOptions, InitContext, Layer, Mode, Parameter, State } from "./layer.ts";

/** Settings of a {@linkcode LayerNorm} layer. */
export interface LayerNormOptions {
  /** Added to variances, so that none is 0; above 0. Default: 1e-5. */
  readonly epsilon?: number;
}

/** A {@linkcode LayerNorm} layer as JSON. */
export interface LayerNormRecord {
  /** Which layer. */
  readonly type: "layerNorm";
  /** Added to variances. */
  readonly epsilon: number;
}

/**
 * Makes the last axis of each input have mean 0 and variance 1, then scales and shifts each feature:
 * `y = scale · x̂ + shift` with `x̂ = (x − mean) / √(variance + ε)`.
 *
 * Inputs and outputs are `[batch, …, features]`; scale and shift are `[features]`. Each row of features has a
 * mean and a variance (divided by the count) of its own, so nothing depends on the batch or the mode. `x`,
 * means and deviations are kept for backward. One kernel makes all gradients, so that of a frozen scale
 * or shift may be set too.
 *
 * Source: Ba, Kiros and Hinton, Layer normalization, 2016.
 *
 * @example
 * ```ts
 * import { LayerNorm } from "@gradus/layers";
 * import { random } from "@gradus/random";
 * import { tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const backend = reference();
 * const norm = new LayerNorm();
 * norm.init([2], { backend, random: random(0) });
 * const [y0, y1] = await norm.forward(tensor(backend, [[2, 6]])).data();
 * assertAlmostEquals(y0!, -1, 1e-5);
 * assertAlmostEquals(y1!, 1, 1e-5);
 * ```
 */
export class LayerNorm implements Layer {
  readonly #settings: LayerNormRecord;
  readonly #pass = new ForwardPass("layer norm");
  #features = 0;
  #scale!: Parameter;
  #shift!: Parameter;
  #mean!: BatchBuffer;
  #inverseDeviation!: BatchBuffer;
  #y!: BatchBuffer;
  #dx!: BatchBuffer;
  /** Scale, then shift, each `[features]`. */
  parameters: readonly Parameter[] = [];
  /** None. */
  readonly state: readonly State[] = [];

  /**
   * A layer before `init`.
   *
   * @param options How variances are kept from 0.
   * @throws {RangeError} If epsilon is not finite and above 0.
   */
  constructor(options: LayerNormOptions = {}) {
    const epsilon = readEpsilon(options.epsilon, { layer: "layer norm" });
    this.#settings = { type: "layerNorm", epsilon };
  }

  /** As {@linkcode Layer.init}: at least one axis, the last one of features. */
  init(inputShape: Shape, { backend, random }: InitContext): Shape {
    if (inputShape.length === 0) {
      throw new ShapeError(
        "Cannot initialise layer norm as inputs must have an axis of features: found []",
      );
    }
    this.#pass.init(inputShape, backend);
    const features = inputShape.at(-1)!;
    this.#features = features;
    this.#scale = createParameter("scale", [features], { backend, random, init: onesInit() });
    this.#shift = createParameter("shift", [features], { backend, random, init: zerosInit() });
    this.parameters = [this.#scale, this.#shift];
    this.#mean = new BatchBuffer(backend, { purpose: "the means of layer norm" });
    this.#inverseDeviation = new BatchBuffer(backend, { purpose: "the deviations of layer norm" });
    this.#y = activations(backend, "the output of layer norm");
    this.#dx = activations(backend, "the input gradient of layer norm");
    return inputShape;
  }

  /** `y = scale · (x − mean) / √(variance + ε) + shift`, row by row. */
  forward(x: Tensor, mode: Mode = "train"): Tensor {
    this.#pass.start(x);
    const y = this.#y.take(x.shape);
    x.backend.layerNorm(
      { x, scale: this.#scale.value, shift: this.#shift.value },
      this.#settings,
      { y, ...this.#statistics(x) },
    );
    return this.#pass.keep(x, y, mode);
  }

  /** Sets ∂L/∂scale and ∂L/∂shift, and returns ∂L/∂x. */
  backward(dy: Tensor, options: BackwardOptions = {}): Tensor | null {
    const { x } = this.#pass.take(dy);
    const dx = options.inputGradient === false ? null : this.#dx.take(x.shape);
    if (dx === null && !this.#scale.trainable && !this.#shift.trainable) return null;
    // ∂L/∂scale = Σ ∂L/∂y · x̂ and ∂L/∂shift = Σ ∂L/∂y over all rows; within a row of m features, with
    // g = scale · ∂L/∂y: ∂L/∂x = (g − Σ g / m − x̂ · Σ g · x̂ / m) / √(variance + ε)
    x.backend.layerNormGradient(
      { x, dy, scale: this.#scale.value, ...this.#statistics(x) },
      { dx, dScale: this.#scale.gradient, dShift: this.#shift.gradient },
    );
    return dx;
  }

  /** The settings. */
  toJSON(): LayerNormRecord {
    return { ...this.#settings };
  }

  /** One mean and one deviation for each row of features of the batch. */
  #statistics(x: Tensor): { readonly mean: Tensor; readonly inverseDeviation: Tensor } {
    const rows = [x.size / this.#features];
    return { mean: this.#mean.take(rows), inverseDeviation: this.#inverseDeviation.take(rows) };
  }
}
