import type { BatchBuffer, PoolGeometry, Shape, Tensor } from "@gradus/tensor";
import { activations } from "./_activations.ts";
import { imageShape } from "./_image_shape.ts";
import { asPixels, wholeImage } from "./_whole_image.ts";
import { ForwardPass } from "./forward_pass.ts";
import type { BackwardOptions, InitContext, Layer, Mode, Parameter, State } from "./layer.ts";

/** A {@linkcode GlobalAveragePool2d} layer as JSON. */
export interface GlobalAveragePool2dRecord {
  /** Which layer. */
  readonly type: "globalAveragePool2d";
}

/**
 * The mean of each channel over all pixels, `y[n, c] = Σᵢⱼ x[n, i, j, c] / (height · width)`.
 *
 * Inputs are `[batch, height, width, channels]`, outputs `[batch, channels]`. Derivation:
 * `docs/derivations/pooling.md`.
 *
 * Source: Lin, Chen and Yan, Network in network, ICLR 2014, §3.2.
 *
 * @example
 * ```ts
 * import { GlobalAveragePool2d } from "@gradus/layers";
 * import { random } from "@gradus/random";
 * import { tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const backend = reference();
 * const pool = new GlobalAveragePool2d();
 * assertEquals(pool.init([1, 2, 2], { backend, random: random(0) }), [2]);
 * const y = pool.forward(tensor(backend, [[[[1, 10], [3, 30]]]]));
 * assertEquals(await y.data(), new Float32Array([2, 20]));
 * const dx = pool.backward(tensor(backend, [[1, 2]]));
 * assertEquals(await dx!.data(), new Float32Array([0.5, 1, 0.5, 1]));
 * ```
 */
export class GlobalAveragePool2d implements Layer {
  readonly #pass = new ForwardPass("global average pool");
  #channels = 0;
  #geometry!: PoolGeometry;
  #y!: BatchBuffer;
  #dx!: BatchBuffer;
  /** None. */
  readonly parameters: readonly Parameter[] = [];
  /** None. */
  readonly state: readonly State[] = [];

  /** As {@linkcode Layer.init}: inputs are images. */
  init(inputShape: Shape, { backend }: InitContext): Shape {
    const [height, width, channels] = imageShape(inputShape, { layer: "global average pool" });
    this.#pass.init(inputShape, backend);
    this.#channels = channels;
    this.#geometry = wholeImage(height, width);
    this.#y = activations(backend, "the output of global average pool");
    this.#dx = activations(backend, "the input gradient of global average pool");
    return [channels];
  }

  /** `y = Σ x / (height · width)` of each channel. */
  forward(x: Tensor, mode: Mode = "train"): Tensor {
    const batch = this.#pass.start(x);
    const y = this.#y.take([batch, this.#channels]);
    x.backend.averagePool2d(x, this.#geometry, asPixels(y));
    return this.#pass.keep(x, y, mode);
  }

  /** Returns ∂L/∂x. */
  backward(dy: Tensor, options: BackwardOptions = {}): Tensor | null {
    const { x } = this.#pass.take(dy);
    if (options.inputGradient === false) return null;
    // ∂L/∂x[n, i, j, c] = ∂L/∂y[n, c] / (height · width)
    const dx = this.#dx.take(x.shape);
    x.backend.averagePool2dGradient(asPixels(dy), this.#geometry, dx);
    return dx;
  }

  /** The settings. */
  toJSON(): GlobalAveragePool2dRecord {
    return { type: "globalAveragePool2d" };
  }
}
