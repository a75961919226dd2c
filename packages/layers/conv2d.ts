import {
  type BatchBuffer,
  type Conv2dGeometry,
  formatShape,
  type Shape,
  ShapeError,
  type Tensor,
} from "@gradus/tensor";
import { activations } from "./_activations.ts";
import { imageShape } from "./_image_shape.ts";
import { placeWindows } from "./_place_windows.ts";
import { type Pair, readPadding, readSize } from "./_window_settings.ts";
import { createParameter } from "./create_parameter.ts";
import { ForwardPass } from "./forward_pass.ts";
import { zerosInit } from "./initializers/constant.ts";
import { xavierUniform } from "./initializers/fan_scaled.ts";
import type { Initializer } from "./initializers/initializer.ts";
import type { BackwardOptions, InitContext, Layer, Mode, Parameter, State } from "./layer.ts";
import type { Padding2d } from "./padding2d.ts";
import type { Size2d } from "./size2d.ts";

/** Settings of a {@linkcode Conv2d} layer. */
export interface Conv2dOptions {
  /** Rows and columns of the kernel. */
  readonly kernel: Size2d;
  /** Rows and columns from one output pixel to the next; it need not divide the input. Default: 1. */
  readonly stride?: Size2d;
  /** Zeros around the image. Default: `"valid"`, none. */
  readonly padding?: Padding2d;
  /** Rows and columns from one tap of the kernel to the next. Default: 1, a kernel without holes. */
  readonly dilation?: Size2d;
  /**
   * So many groups of channels do not see each other; as many as there are channels is a depthwise
   * convolution. It divides both channels and filters. Default: 1.
   */
  readonly groups?: number;
  /** Whether a bias is added. Default: true. */
  readonly bias?: boolean;
  /** Initial weights. Default: {@linkcode xavierUniform}. */
  readonly weightInit?: Initializer;
  /** Initial biases. Default: zeros. */
  readonly biasInit?: Initializer;
}

/** A {@linkcode Conv2d} layer as JSON. */
export interface Conv2dRecord {
  /** Which layer. */
  readonly type: "conv2d";
  /** Output channels. */
  readonly filters: number;
  /** Rows and columns of the kernel. */
  readonly kernel: readonly [height: number, width: number];
  /** Rows and columns from one output pixel to the next. */
  readonly stride: readonly [height: number, width: number];
  /** Zeros around the image. */
  readonly padding: Padding2d;
  /** Rows and columns from one tap to the next. */
  readonly dilation: readonly [height: number, width: number];
  /** Groups of channels. */
  readonly groups: number;
  /** Whether a bias is added. */
  readonly bias: boolean;
}

/**
 * A convolution of images with a kernel,
 * `y[n, i, j, f] = b[f] + Σₖₗ꜀ x[n, i·s + k·d − p, j·s + l·d − p, c] · W[k, l, c, f]`, with stride `s`,
 * dilation `d` and padding `p` of each axis, and zeros around the image.
 *
 * Inputs are `[batch, height, width, channels]`, outputs `[batch, rows, columns, filters]`; the weight is
 * `[height, width, channels / groups, filters]` and the bias `[filters]`. With padding `"valid"`, there
 * are `⌊(length − span) / stride⌋ + 1` rows and columns, where a kernel spans `(kernel − 1) · dilation + 1`;
 * with `"same"`, `⌈length / stride⌉`. `x` is kept for backward. Derivation:
 * `docs/derivations/convolution.md`.
 *
 * @example
 * ```ts
 * import { Conv2d } from "@gradus/layers";
 * import { random } from "@gradus/random";
 * import { tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const backend = reference();
 * const conv = new Conv2d(1, { kernel: [1, 2] });
 * assertEquals(conv.init([1, 3, 1], { backend, random: random(0) }), [1, 2, 1]);
 * const [weight, bias] = conv.parameters;
 * weight!.value.set([-1, 1]);
 * bias!.value.set([100]);
 *
 * const y = conv.forward(tensor(backend, [1, 4, 9], { shape: [1, 1, 3, 1] }));
 * assertEquals(await y.data(), new Float32Array([103, 105]));
 * const dx = conv.backward(tensor(backend, [1, 10], { shape: [1, 1, 2, 1] }));
 * assertEquals(await dx!.data(), new Float32Array([-1, -9, 10]));
 * assertEquals(await weight!.gradient.data(), new Float32Array([41, 94]));
 * assertEquals(await bias!.gradient.data(), new Float32Array([11]));
 * ```
 */
export class Conv2d implements Layer {
  readonly #settings: Conv2dRecord;
  readonly #weightInit: Initializer;
  readonly #biasInit: Initializer;
  readonly #pass = new ForwardPass("conv2d");
  #outputSize!: Pair;
  #geometry!: Conv2dGeometry;
  #weight!: Parameter;
  #bias: Parameter | null = null;
  #y!: BatchBuffer;
  #dx!: BatchBuffer;
  /** Weight `[height, width, channels / groups, filters]`, then bias `[filters]`. */
  parameters: readonly Parameter[] = [];
  /** None. */
  readonly state: readonly State[] = [];

  /**
   * A layer before `init`.
   *
   * @param filters Output channels, a multiple of the groups.
   * @param options The kernel, and how it moves over the image.
   * @throws {RangeError} If a number is not a whole number of at least 1 (of at least 0, for padding), or
   * the groups do not divide the filters.
   * @throws {TypeError} If `bias` is neither true nor false.
   */
  constructor(filters: number, options: Conv2dOptions) {
    const { groups = 1, bias = true } = options;
    const layer = "conv2d";
    if (!Number.isInteger(groups) || groups < 1) {
      throw new RangeError(
        `Cannot make conv2d as groups must be a whole number of at least 1: found ${groups}`,
      );
    }
    if (!Number.isInteger(filters) || filters < 1 || filters % groups !== 0) {
      throw new RangeError(
        `Cannot make conv2d as filters must be a whole multiple of its groups: found ${filters} filters and ${groups} groups`,
      );
    }
    if (typeof bias !== "boolean") {
      throw new TypeError(`Cannot make conv2d as bias must be true or false: found ${bias}`);
    }
    this.#settings = {
      type: "conv2d",
      filters,
      kernel: readSize(options.kernel, { layer, setting: "kernel" }),
      stride: readSize(options.stride ?? 1, { layer, setting: "stride" }),
      padding: readPadding(options.padding ?? "valid", { layer }),
      dilation: readSize(options.dilation ?? 1, { layer, setting: "dilation" }),
      groups,
      bias,
    };
    this.#weightInit = options.weightInit ?? xavierUniform();
    this.#biasInit = options.biasInit ?? zerosInit();
  }

  /** As {@linkcode Layer.init}: inputs are images with a multiple of `groups` channels, which the kernel fits into. */
  init(inputShape: Shape, { backend, random }: InitContext): Shape {
    const { filters, kernel, stride, padding, dilation, groups, bias: hasBias } = this.#settings;
    const [height, width, channels] = imageShape(inputShape, { layer: "conv2d" });
    if (channels % groups !== 0) {
      throw new ShapeError(
        `Cannot initialise conv2d as ${groups} groups must divide the channels: found ${
          formatShape(inputShape)
        }`,
      );
    }
    const placement = placeWindows([height, width], {
      span: [(kernel[0] - 1) * dilation[0] + 1, (kernel[1] - 1) * dilation[1] + 1],
      stride,
      padding,
      layer: "conv2d",
      window: "kernel with its holes",
    });
    const weight = createParameter(
      "weight",
      [...kernel, channels / groups, filters],
      { backend, random, init: this.#weightInit },
    );
    const bias = hasBias
      ? createParameter("bias", [filters], { backend, random, init: this.#biasInit })
      : null;
    // Only now that nothing can fail any more: a layer is never half initialised.
    this.#pass.init(inputShape, backend);
    this.#weight = weight;
    this.#bias = bias;
    this.parameters = bias === null ? [weight] : [weight, bias];
    this.#outputSize = placement.outputSize;
    this.#geometry = { stride, padding: placement.padding, dilation, groups };
    this.#y = activations(backend, "the output of conv2d");
    this.#dx = activations(backend, "the input gradient of conv2d");
    return [...this.#outputSize, filters];
  }

  /** `y = x ⋆ W + b`. */
  forward(x: Tensor, mode: Mode = "train"): Tensor {
    const batch = this.#pass.start(x);
    const y = this.#y.take([batch, ...this.#outputSize, this.#settings.filters]);
    const bias = this.#bias?.value ?? null;
    x.backend.conv2d(x, this.#weight.value, { ...this.#geometry, bias }, y);
    return this.#pass.keep(x, y, mode);
  }

  /** Sets ∂L/∂W and ∂L/∂b, and returns ∂L/∂x. */
  backward(dy: Tensor, options: BackwardOptions = {}): Tensor | null {
    const { x } = this.#pass.take(dy);
    const { backend } = x;
    // ∂L/∂W[k, l, c, f] = Σₙᵢⱼ x[n, i·s + k·d − p, j·s + l·d − p, c] · ∂L/∂y[n, i, j, f]
    if (this.#weight.trainable) {
      backend.conv2dKernelGradient(x, dy, this.#geometry, this.#weight.gradient);
    }
    // ∂L/∂b[f] = Σₙᵢⱼ ∂L/∂y[n, i, j, f], over all pixels of the batch
    if (this.#bias?.trainable) {
      backend.reduce("sum", dy, [0, 1, 2], this.#bias.gradient);
    }
    if (options.inputGradient === false) return null;
    // ∂L/∂x[n, r, q, c] = Σ W[k, l, c, f] · ∂L/∂y[n, i, j, f] over the taps with i·s + k·d − p = r and
    // j·s + l·d − p = q
    const dx = this.#dx.take(x.shape);
    backend.conv2dInputGradient(dy, this.#weight.value, this.#geometry, dx);
    return dx;
  }

  /** The settings; initialisers are left out, since what they made is saved instead. */
  toJSON(): Conv2dRecord {
    return { ...this.#settings };
  }
}
