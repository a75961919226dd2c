import { BatchBuffer, type PoolGeometry, type Shape, type Tensor } from "@gradus/tensor";
import { activations } from "./_activations.ts";
import { imageShape } from "./_image_shape.ts";
import { placePool, type PoolSettings, readPoolSettings } from "./_pool_settings.ts";
import { ForwardPass } from "./forward_pass.ts";
import type { BackwardOptions, InitContext, Layer, Mode, Parameter, State } from "./layer.ts";
import type { Padding2d } from "./padding2d.ts";
import type { Size2d } from "./size2d.ts";

/** Settings of a {@linkcode MaxPool2d} layer. */
export interface MaxPool2dOptions {
  /** Rows and columns from one window to the next; it need not divide the input. Default: the window. */
  readonly stride?: Size2d;
  /** How far windows reach over the edges, less than a window; no number lies there. Default: `"valid"`. */
  readonly padding?: Padding2d;
}

/** A {@linkcode MaxPool2d} layer as JSON. */
export interface MaxPool2dRecord {
  /** Which layer. */
  readonly type: "maxPool2d";
  /** Rows and columns of a window. */
  readonly window: readonly [height: number, width: number];
  /** Rows and columns from one window to the next. */
  readonly stride: readonly [height: number, width: number];
  /** How far windows reach over the edges. */
  readonly padding: Padding2d;
}

/**
 * The largest number of each window, channel by channel, `y[n, i, j, c] = maxₖₗ x[n, i·s + k − p, j·s + l − p, c]`.
 *
 * Inputs are `[batch, height, width, channels]`, outputs `[batch, rows, columns, channels]`. What lies over
 * the edges does not count: not even as 0. Rows and columns are as in {@linkcode Conv2d}. The place of each
 * largest number, of a tie the first one, is kept for backward. Derivation: `docs/derivations/pooling.md`.
 *
 * @example
 * ```ts
 * import { MaxPool2d } from "@gradus/layers";
 * import { random } from "@gradus/random";
 * import { tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const backend = reference();
 * const pool = new MaxPool2d([1, 2]);
 * assertEquals(pool.init([1, 5, 1], { backend, random: random(0) }), [1, 2, 1]);
 * const y = pool.forward(tensor(backend, [-3, -1, 4, 4, 9], { shape: [1, 1, 5, 1] }));
 * assertEquals(await y.data(), new Float32Array([-1, 4]));
 * const dx = pool.backward(tensor(backend, [7, 8], { shape: [1, 1, 2, 1] }));
 * assertEquals(await dx!.data(), new Float32Array([0, 7, 8, 0, 0]));
 * ```
 */
export class MaxPool2d implements Layer {
  readonly #settings: PoolSettings;
  readonly #pass = new ForwardPass("max pool");
  #outputShape: Shape = [];
  #geometry!: PoolGeometry;
  #y!: BatchBuffer;
  #indices!: BatchBuffer;
  #dx!: BatchBuffer;
  /** None. */
  readonly parameters: readonly Parameter[] = [];
  /** None. */
  readonly state: readonly State[] = [];

  /**
   * A layer before `init`.
   *
   * @param window Rows and columns of a window.
   * @param options How windows move.
   * @throws {RangeError} If a number is not a whole number of at least 1 (of at least 0, for padding), or
   * the padding is not less than the window.
   */
  constructor(window: Size2d, options: MaxPool2dOptions = {}) {
    this.#settings = readPoolSettings(window, { ...options, layer: "max pool" });
  }

  /** As {@linkcode Layer.init}: inputs are images that a window fits into. */
  init(inputShape: Shape, { backend }: InitContext): Shape {
    const [height, width, channels] = imageShape(inputShape, { layer: "max pool" });
    const { outputSize, geometry } = placePool([height, width], {
      ...this.#settings,
      layer: "max pool",
    });
    this.#pass.init(inputShape, backend);
    this.#outputShape = [...outputSize, channels];
    this.#geometry = geometry;
    this.#y = activations(backend, "the output of max pool");
    this.#indices = new BatchBuffer(backend, {
      purpose: "the places of max pool",
      dtype: "int32",
    });
    this.#dx = activations(backend, "the input gradient of max pool");
    return this.#outputShape;
  }

  /** `y = max x` of each window. */
  forward(x: Tensor, mode: Mode = "train"): Tensor {
    const batch = this.#pass.start(x);
    const y = this.#y.take([batch, ...this.#outputShape]);
    const indices = mode === "train" ? this.#indices.take(y.shape) : null;
    x.backend.maxPool2d(x, this.#geometry, { y, indices });
    return this.#pass.keep(x, y, mode);
  }

  /** Returns ∂L/∂x. */
  backward(dy: Tensor, options: BackwardOptions = {}): Tensor | null {
    const { x } = this.#pass.take(dy);
    if (options.inputGradient === false) return null;
    // ∂L/∂x = Σ ∂L/∂y of the windows whose largest number this is, else 0
    const dx = this.#dx.take(x.shape);
    const indices = this.#indices.take(dy.shape);
    x.backend.maxPool2dGradient({ dy, indices }, this.#geometry, dx);
    return dx;
  }

  /** The settings. */
  toJSON(): MaxPool2dRecord {
    return { type: "maxPool2d", ...this.#settings };
  }
}
