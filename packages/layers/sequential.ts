import { copy, type Shape, slice, Tensor } from "@gradus/tensor";
import type { BackwardOptions, InitContext, Layer, Mode, Parameter, State } from "./layer.ts";
import type { LayerRecord } from "./layer_record.ts";
import { nameLayer } from "./_name_layer.ts";
import { prefixParameter, prefixState } from "./_prefix.ts";
import { recordLayer } from "./_record_layer.ts";
import { summarize } from "./_summarize.ts";

/** A {@linkcode Sequential} as JSON. */
export interface SequentialRecord {
  /** Which layer. */
  readonly type: "sequential";
  /** Its layers, first to last. */
  readonly layers: readonly LayerRecord[];
}

/**
 * Layers one behind the other, `y = fₙ(… f₂(f₁(x)))`: a model, and a layer itself.
 *
 * Names of parameters and states are prefixed by their layer's place, as in `0.weight`.
 *
 * @example
 * ```ts
 * import { Dense, Relu, Sequential } from "@gradus/layers";
 * import { random } from "@gradus/random";
 * import { zeros } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const backend = reference();
 * const model = new Sequential([new Dense(16), new Relu(), new Dense(3)]);
 * assertEquals(model.init([4], { backend, random: random(0) }), [3]);
 * assertEquals(model.predict(zeros(backend, [5, 4])).shape, [5, 3]);
 * assertEquals(model.parameters.map(({ name }) => name), [
 *   "0.weight",
 *   "0.bias",
 *   "2.weight",
 *   "2.bias",
 * ]);
 * ```
 */
export class Sequential implements Layer {
  /** The layers, first to last. */
  readonly layers: readonly Layer[];
  /** All layers' parameters, first to last. */
  parameters: readonly Parameter[] = [];
  /** All layers' states, first to last. */
  state: readonly State[] = [];
  /** Shape of one input; empty before `init`. */
  inputShape: Shape = [];
  /** Shape of one output of each layer, first to last; empty before `init`. */
  outputShapes: readonly Shape[] = [];

  /**
   * A model before `init`.
   *
   * @param layers At least one, none of them twice.
   * @throws {RangeError} If there is no layer.
   * @throws {Error} If a layer is there twice: it could not keep two forwards for one backward.
   */
  constructor(layers: readonly Layer[]) {
    if (layers.length === 0) {
      throw new RangeError("Cannot make a model as it must have at least one layer: found none");
    }
    const places = new Map<Layer, number>();
    layers.forEach((layer, place) => {
      const first = places.get(layer) ?? place;
      places.set(layer, place);
      if (first !== place) {
        throw new Error(
          `Cannot make a model as each layer must be an instance of its own: found one at ${first} and at ${place}`,
        );
      }
    });
    this.layers = [...layers];
  }

  /** As {@linkcode Layer.init}, layer by layer, each from a stream of its own. */
  init(inputShape: Shape, { backend, random }: InitContext): Shape {
    let shape = inputShape;
    const shapes = this.layers.map((layer, place) => {
      try {
        shape = layer.init(shape, { backend, random: random.split() });
      } catch (error) {
        throw nameLayer(error, `${place}`);
      }
      return shape;
    });
    this.inputShape = [...inputShape];
    this.outputShapes = shapes;
    this.parameters = this.layers.flatMap((layer, place) =>
      layer.parameters.map((parameter) => prefixParameter(`${place}`, parameter))
    );
    this.state = this.layers.flatMap((layer, place) =>
      layer.state.map((state) => prefixState(`${place}`, state))
    );
    return shape;
  }

  /** `y = fₙ(… f₂(f₁(x)))`. */
  forward(x: Tensor, mode: Mode = "train"): Tensor {
    let y = x;
    for (const layer of this.layers) y = layer.forward(y, mode);
    return y;
  }

  /** Sets all gradients by the chain rule, last layer first, and returns ∂L/∂x. */
  backward(dy: Tensor, options: BackwardOptions = {}): Tensor | null {
    const { inputGradient = true } = options;
    // Below the first layer that learns, a gradient serves the caller alone.
    const lowest = inputGradient ? 0 : this.layers.findIndex(isTrainable);
    if (lowest < 0) return null;
    let gradient = dy;
    for (let place = this.layers.length - 1; place >= lowest; place--) {
      const isWanted = inputGradient || place > lowest;
      const dx = this.layers[place]!.backward(gradient, { inputGradient: isWanted });
      if (!isWanted) return null;
      if (dx === null) {
        throw new Error(
          `Cannot run a model backward as each layer must return its input gradient where it is wanted: found null at ${place}`,
        );
      }
      gradient = dx;
    }
    return gradient;
  }

  /**
   * Runs the model in eval mode, some rows at a time.
   *
   * @param x `[rows, …inputShape]`.
   * @param options How many rows run at once (default 256); it bounds the memory.
   * @returns `[rows, …outputShape]`, a new tensor, owned by the caller.
   * @throws {RangeError} If the batch size is not a whole number of at least 1.
   * @throws {ShapeError} If `x` has another shape.
   */
  predict(x: Tensor, options: { readonly batchSize?: number } = {}): Tensor {
    const { batchSize = 256 } = options;
    if (!Number.isInteger(batchSize) || batchSize < 1) {
      throw new RangeError(
        `Cannot predict as the batch size must be a whole number of at least 1: found ${batchSize}`,
      );
    }
    const rows = x.shape[0] ?? 0;
    if (rows <= batchSize) return copy(this.forward(x, "eval"));
    const result = new Tensor(x.backend, [rows, ...this.outputShapes.at(-1) ?? []], {
      purpose: "predictions",
    });
    for (let start = 0; start < rows; start += batchSize) {
      const batch = slice(x, [{ start, end: Math.min(start + batchSize, rows) }]);
      x.backend.paste(this.forward(batch, "eval"), { axis: 0, start }, result);
      batch.dispose();
    }
    return result;
  }

  /**
   * A table of the layers, their output shapes and numbers of parameters.
   *
   * @returns Lines of text, the last one the totals.
   * @throws {Error} If the model is not initialised.
   */
  summary(): string {
    return summarize(this.layers, this.inputShape, this.outputShapes);
  }

  /**
   * The settings of all layers.
   *
   * @returns A record from which `sequentialFromJson` makes the same model.
   * @throws {TypeError} If a layer of the user's own has no `toJSON`.
   */
  toJSON(): SequentialRecord {
    const layers = this.layers.map((layer, place) => recordLayer(layer, `${place}`));
    return { type: "sequential", layers };
  }
}

function isTrainable(layer: Layer): boolean {
  for (const parameter of layer.parameters) if (parameter.trainable) return true;
  return false;
}
