import { type BatchBuffer, formatShape, type Shape, ShapeError, Tensor } from "@gradus/tensor";
import { activations } from "./_activations.ts";
import { readEpsilon } from "./_epsilon.ts";
import { createParameter } from "./create_parameter.ts";
import { ForwardPass } from "./forward_pass.ts";
import { onesInit, zerosInit } from "./initializers/constant.ts";
import type { BackwardOptions, InitContext, Layer, Mode, Parameter, State } from "./layer.ts";

/** Settings of a {@linkcode BatchNorm} layer. */
export interface BatchNormOptions {
  /** Added to variances, so that none is 0; above 0. Default: 1e-5. */
  readonly epsilon?: number;
  /** Share of the batch in the running statistics, in `[0, 1]`. Default: 0.1. */
  readonly momentum?: number;
  /** Whether the scale is trained, or stays 1; the shift is trained in any case. Default: `"trainable"`. */
  readonly scale?: "trainable" | "frozen";
}

/** A {@linkcode BatchNorm} layer as JSON. */
export interface BatchNormRecord {
  /** Which layer. */
  readonly type: "batchNorm";
  /** Added to variances. */
  readonly epsilon: number;
  /** Share of the batch in the running statistics. */
  readonly momentum: number;
  /** Whether the scale is trained. */
  readonly scale: "trainable" | "frozen";
}

/**
 * Makes each channel have mean 0 and variance 1 over the batch, then scales and shifts it:
 * `y = scale · x̂ + shift` with `x̂ = (x − mean) / √(variance + ε)`.
 *
 * Inputs and outputs are `[batch, …, channels]`: rows or images; scale and shift are `[channels]`. In train
 * mode, mean and variance are those of the batch and all its pixels (the variance divided by their count),
 * and running statistics become `(1 − momentum) · running + momentum · batch`, with the variance divided by
 * the count less one. In eval mode, the running statistics are used and stay. They move in every forward in
 * train mode, also where all parameters are frozen. `x`, the mean and the deviation are kept for backward.
 * One kernel makes all gradients, so that of a frozen scale is set too. Derivation:
 * `docs/derivations/batch_norm.md`.
 *
 * Source: Ioffe and Szegedy, Batch normalization, ICML 2015; momentum and running variance as in PyTorch.
 *
 * @example
 * ```ts
 * import { BatchNorm } from "@gradus/layers";
 * import { random } from "@gradus/random";
 * import { tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 *
 * const backend = reference({ dtype: "float64" });
 * const norm = new BatchNorm({ momentum: 0.5 });
 * norm.init([1], { backend, random: random(0) });
 * const [y0, y1] = await norm.forward(tensor(backend, [[2], [6]])).data();
 * assertAlmostEquals(y0!, -1, 1e-5);
 * assertAlmostEquals(y1!, 1, 1e-5);
 * const [mean, variance] = norm.state.map(({ value }) => value);
 * assertEquals(typeof mean !== "number" && await mean!.item(), 2); // half of 0, half of 4
 * assertEquals(typeof variance !== "number" && await variance!.item(), 4.5); // half of 1, half of 8
 * ```
 */
export class BatchNorm implements Layer {
  readonly #settings: BatchNormRecord;
  readonly #pass = new ForwardPass("batch norm");
  #channels = 0;
  #scale!: Parameter;
  #shift!: Parameter;
  #runningMean!: Tensor;
  #runningVariance!: Tensor;
  #mean!: Tensor;
  #inverseDeviation!: Tensor;
  #y!: BatchBuffer;
  #dx!: BatchBuffer;
  /** Scale, then shift, each `[channels]`. */
  parameters: readonly Parameter[] = [];
  /** `runningMean` and `runningVariance`, tensors `[channels]`. */
  state: readonly State[] = [];

  /**
   * A layer before `init`.
   *
   * @param options How variances are kept from 0, how statistics run, and whether the scale is trained.
   * @throws {RangeError} If epsilon is not finite and above 0, momentum is not in `[0, 1]`, or `scale` is
   * another word.
   */
  constructor(options: BatchNormOptions = {}) {
    const { momentum = 0.1, scale = "trainable" } = options;
    const epsilon = readEpsilon(options.epsilon, { layer: "batch norm" });
    if (!(momentum >= 0 && momentum <= 1)) {
      throw new RangeError(
        `Cannot make batch norm as momentum must be in [0, 1]: found ${momentum}`,
      );
    }
    if (scale !== "trainable" && scale !== "frozen") {
      throw new RangeError(
        `Cannot make batch norm as scale must be trainable or frozen: found ${scale}`,
      );
    }
    this.#settings = { type: "batchNorm", epsilon, momentum, scale };
  }

  /** As {@linkcode Layer.init}: at least one axis, the last one of channels. */
  init(inputShape: Shape, { backend, random }: InitContext): Shape {
    if (inputShape.length === 0) {
      throw new ShapeError(
        "Cannot initialise batch norm as inputs must have an axis of channels: found []",
      );
    }
    this.#pass.init(inputShape, backend);
    const channels = inputShape.at(-1)!;
    this.#channels = channels;
    this.#scale = createParameter("scale", [channels], { backend, random, init: onesInit() });
    this.#shift = createParameter("shift", [channels], { backend, random, init: zerosInit() });
    this.#scale.trainable = this.#settings.scale === "trainable";
    this.parameters = [this.#scale, this.#shift];
    const statistic = (purpose: string) => new Tensor(backend, [channels], { purpose });
    this.#runningMean = statistic("the running mean of batch norm");
    this.#runningVariance = statistic("the running variance of batch norm");
    backend.fill(1, this.#runningVariance);
    this.state = [
      { name: "runningMean", value: this.#runningMean },
      { name: "runningVariance", value: this.#runningVariance },
    ];
    this.#mean = statistic("the mean of batch norm");
    this.#inverseDeviation = statistic("the deviation of batch norm");
    this.#y = activations(backend, "the output of batch norm");
    this.#dx = activations(backend, "the input gradient of batch norm");
    return inputShape;
  }

  /**
   * `y = scale · (x − mean) / √(variance + ε) + shift`, by the batch in train mode, which moves the running
   * statistics, and by the running statistics in eval mode.
   *
   * @param x `[batch, …, channels]`; in train mode at least two numbers a channel.
   * @param mode Default: `"train"`.
   * @returns As `x`, valid until the layer runs again.
   * @throws {ShapeError} If `x` has another shape, or a channel one number alone in train mode.
   */
  forward(x: Tensor, mode: Mode = "train"): Tensor {
    this.#pass.start(x);
    const y = this.#y.take(x.shape);
    const operands = { x, scale: this.#scale.value, shift: this.#shift.value };
    if (mode === "eval") {
      const [mean, variance] = [this.#runningMean, this.#runningVariance];
      x.backend.batchNormInference({ ...operands, mean, variance }, this.#settings, y);
      return this.#pass.keep(x, y, mode);
    }
    if (x.size === this.#channels) {
      throw new ShapeError(
        `Cannot run batch norm forward as each channel must have at least two numbers in train mode: found ${
          formatShape(x.shape)
        }`,
      );
    }
    x.backend.batchNorm(operands, this.#settings, {
      y,
      mean: this.#mean,
      inverseDeviation: this.#inverseDeviation,
      runningMean: this.#runningMean,
      runningVariance: this.#runningVariance,
    });
    return this.#pass.keep(x, y, mode);
  }

  /** Sets ∂L/∂scale and ∂L/∂shift, and returns ∂L/∂x. */
  backward(dy: Tensor, options: BackwardOptions = {}): Tensor | null {
    const { x } = this.#pass.take(dy);
    const dx = options.inputGradient === false ? null : this.#dx.take(x.shape);
    if (dx === null && !this.#scale.trainable && !this.#shift.trainable) return null;
    // ∂L/∂scale = Σ ∂L/∂y · x̂ and ∂L/∂shift = Σ ∂L/∂y over the m numbers of a channel; mean and variance
    // depend on x too: ∂L/∂x = scale / √(variance + ε) · (∂L/∂y − ∂L/∂shift / m − x̂ · ∂L/∂scale / m)
    x.backend.batchNormGradient({
      x,
      dy,
      scale: this.#scale.value,
      mean: this.#mean,
      inverseDeviation: this.#inverseDeviation,
    }, { dx, dScale: this.#scale.gradient, dShift: this.#shift.gradient });
    return dx;
  }

  /** The settings. */
  toJSON(): BatchNormRecord {
    return { ...this.#settings };
  }
}
