import { type BatchBuffer, formatShape, type Shape, ShapeError, type Tensor } from "@gradus/tensor";
import { activations } from "./_activations.ts";
import { createParameter } from "./create_parameter.ts";
import { ForwardPass } from "./forward_pass.ts";
import { zerosInit } from "./initializers/constant.ts";
import { xavierUniform } from "./initializers/fan_scaled.ts";
import type { Initializer } from "./initializers/initializer.ts";
import type { BackwardOptions, InitContext, Layer, Mode, Parameter, State } from "./layer.ts";

/** Settings of a {@linkcode Dense} layer. */
export interface DenseOptions {
  /** Whether a bias is added. Default: true. */
  readonly bias?: boolean;
  /** Initial weights. Default: {@linkcode xavierUniform}. */
  readonly weightInit?: Initializer;
  /** Initial biases. Default: zeros. */
  readonly biasInit?: Initializer;
}

/** A {@linkcode Dense} layer as JSON. */
export interface DenseRecord {
  /** Which layer. */
  readonly type: "dense";
  /** Outputs. */
  readonly units: number;
  /** Whether a bias is added. */
  readonly bias: boolean;
}

/**
 * A fully connected layer, `y = x · W + b`, that is `y[i, j] = Σₖ x[i, k] · W[k, j] + b[j]`.
 *
 * Inputs are `[batch, in]`, outputs `[batch, units]`, the weight is `[in, units]` and the bias `[units]`.
 * `x` is kept for backward. Derivation: `docs/derivations/dense.md`.
 *
 * @example
 * ```ts
 * import { Dense } from "@gradus/layers";
 * import { random } from "@gradus/random";
 * import { tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const backend = reference();
 * const dense = new Dense(2);
 * assertEquals(dense.init([3], { backend, random: random(0) }), [2]);
 * const [weight, bias] = dense.parameters;
 * weight!.value.set([[1, 0], [0, 1], [1, 1]]);
 * bias!.value.set([10, 20]);
 *
 * const y = dense.forward(tensor(backend, [[1, 2, 3]]));
 * assertEquals(await y.data(), new Float32Array([14, 25]));
 * const dx = dense.backward(tensor(backend, [[1, -1]]));
 * assertEquals(await dx!.data(), new Float32Array([1, -1, 0]));
 * assertEquals(await weight!.gradient.data(), new Float32Array([1, -1, 2, -2, 3, -3]));
 * ```
 */
export class Dense implements Layer {
  readonly #units: number;
  readonly #hasBias: boolean;
  readonly #weightInit: Initializer;
  readonly #biasInit: Initializer;
  readonly #pass = new ForwardPass("dense");
  #weight!: Parameter;
  #bias: Parameter | null = null;
  #y!: BatchBuffer;
  #dx!: BatchBuffer;
  /** Weight `[in, units]`, then bias `[units]`. */
  parameters: readonly Parameter[] = [];
  /** None. */
  readonly state: readonly State[] = [];

  /**
   * A layer before `init`.
   *
   * @param units Outputs, at least 1.
   * @param options Bias and initial values.
   * @throws {RangeError} If `units` is not a whole number of at least 1.
   * @throws {TypeError} If `bias` is neither true nor false.
   */
  constructor(units: number, options: DenseOptions = {}) {
    if (!Number.isInteger(units) || units < 1) {
      throw new RangeError(
        `Cannot make a dense layer as units must be a whole number of at least 1: found ${units}`,
      );
    }
    const { bias = true } = options;
    if (typeof bias !== "boolean") {
      throw new TypeError(`Cannot make a dense layer as bias must be true or false: found ${bias}`);
    }
    this.#units = units;
    this.#hasBias = bias;
    this.#weightInit = options.weightInit ?? xavierUniform();
    this.#biasInit = options.biasInit ?? zerosInit();
  }

  /** As {@linkcode Layer.init}: inputs have one axis. */
  init(inputShape: Shape, { backend, random }: InitContext): Shape {
    if (inputShape.length !== 1) {
      throw new ShapeError(
        `Cannot initialise dense as inputs must have one axis, which Flatten makes: found ${
          formatShape(inputShape)
        }`,
      );
    }
    const inputs = inputShape[0]!;
    const weight = createParameter(
      "weight",
      [inputs, this.#units],
      { backend, random, init: this.#weightInit },
    );
    const bias = this.#hasBias
      ? createParameter("bias", [this.#units], { backend, random, init: this.#biasInit })
      : null;
    // Only now that nothing can fail any more: a layer is never half initialised.
    this.#pass.init(inputShape, backend);
    this.#weight = weight;
    this.#bias = bias;
    this.parameters = bias === null ? [weight] : [weight, bias];
    this.#y = activations(backend, "the output of dense");
    this.#dx = activations(backend, "the input gradient of dense");
    return [this.#units];
  }

  /** `y = x · W + b`. */
  forward(x: Tensor, mode: Mode = "train"): Tensor {
    const batch = this.#pass.start(x);
    const y = this.#y.take([batch, this.#units]);
    x.backend.matmul(x, this.#weight.value, { bias: this.#bias?.value ?? null }, y);
    return this.#pass.keep(x, y, mode);
  }

  /** Sets ∂L/∂W and ∂L/∂b, and returns ∂L/∂x. */
  backward(dy: Tensor, options: BackwardOptions = {}): Tensor | null {
    const { x } = this.#pass.take(dy);
    const { backend } = x;
    // ∂L/∂W = xᵀ · ∂L/∂y
    if (this.#weight.trainable) {
      backend.matmul(x, dy, { transposeA: true }, this.#weight.gradient);
    }
    // ∂L/∂b = Σᵢ ∂L/∂yᵢ over the rows of the batch
    if (this.#bias?.trainable) {
      backend.reduce("sum", dy, [0], this.#bias.gradient);
    }
    if (options.inputGradient === false) return null;
    // ∂L/∂x = ∂L/∂y · Wᵀ
    const dx = this.#dx.take(x.shape);
    backend.matmul(dy, this.#weight.value, { transposeB: true }, dx);
    return dx;
  }

  /** The settings; initialisers are left out, since what they made is saved instead. */
  toJSON(): DenseRecord {
    return { type: "dense", units: this.#units, bias: this.#hasBias };
  }
}
