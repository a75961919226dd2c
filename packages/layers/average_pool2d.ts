import type { BatchBuffer, PoolGeometry, Shape, Tensor } from "@gradus/tensor";
import { activations } from "./_activations.ts";
import { imageShape } from "./_image_shape.ts";
import { placePool, type PoolSettings, readPoolSettings } from "./_pool_settings.ts";
import { ForwardPass } from "./forward_pass.ts";
import type { BackwardOptions, InitContext, Layer, Mode, Parameter, State } from "./layer.ts";
import type { Padding2d } from "./padding2d.ts";
import type { Size2d } from "./size2d.ts";

/** Settings of an {@linkcode AveragePool2d} layer. */
export interface AveragePool2dOptions {
  /** Rows and columns from one window to the next; it need not divide the input. Default: the window. */
  readonly stride?: Size2d;
  /** How far windows reach over the edges, less than a window; no number lies there. Default: `"valid"`. */
  readonly padding?: Padding2d;
}

/** An {@linkcode AveragePool2d} layer as JSON. */
export interface AveragePool2dRecord {
  /** Which layer. */
  readonly type: "averagePool2d";
  /** Rows and columns of a window. */
  readonly window: readonly [height: number, width: number];
  /** Rows and columns from one window to the next. */
  readonly stride: readonly [height: number, width: number];
  /** How far windows reach over the edges. */
  readonly padding: Padding2d;
}

/**
 * The mean of each window, channel by channel, `y[n, i, j, c] = 1/m · Σₖₗ x[n, i·s + k − p, j·s + l − p, c]`,
 * of the `m` numbers of the window that lie inside the image.
 *
 * Inputs are `[batch, height, width, channels]`, outputs `[batch, rows, columns, channels]`. What lies over
 * the edges does not count, as in TensorFlow (and in PyTorch with `count_include_pad=False`). Rows and
 * columns are as in {@linkcode Conv2d}. Derivation: `docs/derivations/pooling.md`.
 *
 * @example
 * ```ts
 * import { AveragePool2d } from "@gradus/layers";
 * import { random } from "@gradus/random";
 * import { tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const backend = reference();
 * const pool = new AveragePool2d([1, 2]);
 * assertEquals(pool.init([1, 5, 1], { backend, random: random(0) }), [1, 2, 1]);
 * const y = pool.forward(tensor(backend, [-3, -1, 4, 6, 9], { shape: [1, 1, 5, 1] }));
 * assertEquals(await y.data(), new Float32Array([-2, 5]));
 * const dx = pool.backward(tensor(backend, [2, 8], { shape: [1, 1, 2, 1] }));
 * assertEquals(await dx!.data(), new Float32Array([1, 1, 4, 4, 0]));
 * ```
 */
export class AveragePool2d implements Layer {
  readonly #settings: PoolSettings;
  readonly #pass = new ForwardPass("average pool");
  #outputShape: Shape = [];
  #geometry!: PoolGeometry;
  #y!: BatchBuffer;
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
  constructor(window: Size2d, options: AveragePool2dOptions = {}) {
    this.#settings = readPoolSettings(window, { ...options, layer: "average pool" });
  }

  /** As {@linkcode Layer.init}: inputs are images that a window fits into. */
  init(inputShape: Shape, { backend }: InitContext): Shape {
    const [height, width, channels] = imageShape(inputShape, { layer: "average pool" });
    const { outputSize, geometry } = placePool([height, width], {
      ...this.#settings,
      layer: "average pool",
    });
    this.#pass.init(inputShape, backend);
    this.#outputShape = [...outputSize, channels];
    this.#geometry = geometry;
    this.#y = activations(backend, "the output of average pool");
    this.#dx = activations(backend, "the input gradient of average pool");
    return this.#outputShape;
  }

  /** `y = Σ x / m` of each window. */
  forward(x: Tensor, mode: Mode = "train"): Tensor {
    const batch = this.#pass.start(x);
    const y = this.#y.take([batch, ...this.#outputShape]);
    x.backend.averagePool2d(x, this.#geometry, y);
    return this.#pass.keep(x, y, mode);
  }

  /** Returns ∂L/∂x. */
  backward(dy: Tensor, options: BackwardOptions = {}): Tensor | null {
    const { x } = this.#pass.take(dy);
    if (options.inputGradient === false) return null;
    // ∂L/∂x = Σ ∂L/∂y / m over the windows that this number lies in
    const dx = this.#dx.take(x.shape);
    x.backend.averagePool2dGradient(dy, this.#geometry, dx);
    return dx;
  }

  /** The settings. */
  toJSON(): AveragePool2dRecord {
    return { type: "averagePool2d", ...this.#settings };
  }
}
