import { BatchBuffer, type PoolGeometry, type Shape, type Tensor } from "@gradus/tensor";
import { activations } from "./_activations.ts";
import { imageShape } from "./_image_shape.ts";
import { asPixels, wholeImage } from "./_whole_image.ts";
import { ForwardPass } from "./forward_pass.ts";
import type { BackwardOptions, InitContext, Layer, Mode, Parameter, State } from "./layer.ts";

/** A {@linkcode GlobalMaxPool2d} layer as JSON. */
export interface GlobalMaxPool2dRecord {
  /** Which layer. */
  readonly type: "globalMaxPool2d";
}

/**
 * The largest number of each channel over all pixels, `y[n, c] = maxᵢⱼ x[n, i, j, c]`.
 *
 * Inputs are `[batch, height, width, channels]`, outputs `[batch, channels]`. The place of each largest
 * number, of a tie the first one, is kept for backward. Derivation: `docs/derivations/pooling.md`.
 *
 * @example
 * ```ts
 * import { GlobalMaxPool2d } from "@gradus/layers";
 * import { random } from "@gradus/random";
 * import { tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const backend = reference();
 * const pool = new GlobalMaxPool2d();
 * assertEquals(pool.init([1, 2, 2], { backend, random: random(0) }), [2]);
 * const y = pool.forward(tensor(backend, [[[[1, -10], [3, -30]]]]));
 * assertEquals(await y.data(), new Float32Array([3, -10]));
 * const dx = pool.backward(tensor(backend, [[1, 2]]));
 * assertEquals(await dx!.data(), new Float32Array([0, 2, 1, 0]));
 * ```
 */
export class GlobalMaxPool2d implements Layer {
  readonly #pass = new ForwardPass("global max pool");
  #channels = 0;
  #geometry!: PoolGeometry;
  #y!: BatchBuffer;
  #indices!: BatchBuffer;
  #dx!: BatchBuffer;
  /** None. */
  readonly parameters: readonly Parameter[] = [];
  /** None. */
  readonly state: readonly State[] = [];

  /** As {@linkcode Layer.init}: inputs are images. */
  init(inputShape: Shape, { backend }: InitContext): Shape {
    const [height, width, channels] = imageShape(inputShape, { layer: "global max pool" });
    this.#pass.init(inputShape, backend);
    this.#channels = channels;
    this.#geometry = wholeImage(height, width);
    this.#y = activations(backend, "the output of global max pool");
    this.#indices = new BatchBuffer(backend, {
      purpose: "the places of global max pool",
      dtype: "int32",
    });
    this.#dx = activations(backend, "the input gradient of global max pool");
    return [channels];
  }

  /** `y = max x` of each channel. */
  forward(x: Tensor, mode: Mode = "train"): Tensor {
    const batch = this.#pass.start(x);
    const y = this.#y.take([batch, this.#channels]);
    const indices = mode === "train" ? asPixels(this.#indices.take(y.shape)) : null;
    x.backend.maxPool2d(x, this.#geometry, { y: asPixels(y), indices });
    return this.#pass.keep(x, y, mode);
  }

  /** Returns ∂L/∂x. */
  backward(dy: Tensor, options: BackwardOptions = {}): Tensor | null {
    const { x } = this.#pass.take(dy);
    if (options.inputGradient === false) return null;
    // ∂L/∂x = ∂L/∂y where x is the channel's largest number, else 0
    const dx = this.#dx.take(x.shape);
    const indices = asPixels(this.#indices.take(dy.shape));
    x.backend.maxPool2dGradient({ dy: asPixels(dy), indices }, this.#geometry, dx);
    return dx;
  }

  /** The settings. */
  toJSON(): GlobalMaxPool2dRecord {
    return { type: "globalMaxPool2d" };
  }
}
