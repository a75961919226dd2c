import {
  type BatchBuffer,
  equalShapes,
  formatShape,
  type Shape,
  ShapeError,
  type Tensor,
} from "@gradus/tensor";
import { activations } from "./_activations.ts";
import { nameLayer } from "./_name_layer.ts";
import { prefixParameter, prefixState } from "./_prefix.ts";
import { recordLayer } from "./_record_layer.ts";
import { ForwardPass } from "./forward_pass.ts";
import type { BackwardOptions, InitContext, Layer, Mode, Parameter, State } from "./layer.ts";
import type { LayerRecord } from "./layer_record.ts";
import { Sequential } from "./sequential.ts";

/** Settings of a {@linkcode Residual} layer. */
export interface ResidualOptions {
  /** What the input takes beside the branch, a layer or several. Default: none, the input itself is added. */
  readonly shortcut?: Layer | readonly Layer[];
}

/** A {@linkcode Residual} layer as JSON. */
export interface ResidualRecord {
  /** Which layer. */
  readonly type: "residual";
  /** The branch. */
  readonly branch: LayerRecord;
  /** The shortcut, or null where the input itself is added. */
  readonly shortcut: LayerRecord | null;
}

/**
 * Adds its input to what a branch makes of it, `y = branch(x) + x`, or `y = branch(x) + shortcut(x)`.
 *
 * Inputs have any shape `[batch, …]`; branch and shortcut give outputs of one shape. Several layers are run
 * one behind the other, as a {@linkcode Sequential}. Names of parameters and states are prefixed, as in
 * `branch.0.weight` and `shortcut.0.weight`. Sums lie in memory of the layer's own.
 *
 * Source: He et al., Deep residual learning for image recognition, CVPR 2016, §3.
 *
 * @example
 * ```ts
 * import { Dense, Relu, Residual } from "@gradus/layers";
 * import { random } from "@gradus/random";
 * import { tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const backend = reference();
 * const block = new Residual([new Relu(), new Dense(1)]);
 * assertEquals(block.init([1], { backend, random: random(0) }), [1]);
 * assertEquals(block.parameters.map(({ name }) => name), ["branch.1.weight", "branch.1.bias"]);
 * block.parameters[0]!.value.set([10]);
 * const y = block.forward(tensor(backend, [[3], [-3]]));
 * assertEquals(await y.data(), new Float32Array([33, -3]));
 * const dx = block.backward(tensor(backend, [[1], [1]]));
 * assertEquals(await dx!.data(), new Float32Array([11, 1]));
 * ```
 */
export class Residual implements Layer {
  /** What the input is added to. */
  readonly branch: Layer;
  /** What the input takes beside the branch, or null. */
  readonly shortcut: Layer | null;
  readonly #pass = new ForwardPass("residual");
  #y!: BatchBuffer;
  #dx!: BatchBuffer;
  /** Those of the branch, then those of the shortcut. */
  parameters: readonly Parameter[] = [];
  /** Those of the branch, then those of the shortcut. */
  state: readonly State[] = [];

  /**
   * A layer before `init`.
   *
   * @param branch A layer, or several, at least one.
   * @param options The shortcut.
   * @throws {RangeError} If there is no layer in a list.
   * @throws {Error} If a layer is in a list twice.
   */
  constructor(branch: Layer | readonly Layer[], options: ResidualOptions = {}) {
    this.branch = asLayer(branch);
    this.shortcut = options.shortcut === undefined ? null : asLayer(options.shortcut);
  }

  /** As {@linkcode Layer.init}: branch and shortcut must give outputs of one shape. */
  init(inputShape: Shape, { backend, random }: InitContext): Shape {
    const paths = this.#paths();
    const [shape, other = inputShape] = paths.map(({ name, layer }) => {
      try {
        return layer.init(inputShape, { backend, random: random.split() });
      } catch (error) {
        throw nameLayer(error, name);
      }
    }) as [Shape, Shape?];
    if (!equalShapes(shape, other)) {
      throw new ShapeError(
        `Cannot initialise residual as branch and ${
          this.shortcut === null ? "input" : "shortcut"
        } must have one shape: found ${formatShape(shape)} and ${formatShape(other)}`,
      );
    }
    this.#pass.init(inputShape, backend);
    this.parameters = paths.flatMap(({ name, layer }) =>
      layer.parameters.map((parameter) => prefixParameter(name, parameter))
    );
    this.state = paths.flatMap(({ name, layer }) =>
      layer.state.map((state) => prefixState(name, state))
    );
    this.#y = activations(backend, "the output of residual");
    this.#dx = activations(backend, "the input gradient of residual");
    return shape;
  }

  /** `y = branch(x) + shortcut(x)`. */
  forward(x: Tensor, mode: Mode = "train"): Tensor {
    this.#pass.start(x);
    const branch = this.branch.forward(x, mode);
    const shortcut = this.shortcut === null ? x : this.shortcut.forward(x, mode);
    const y = this.#y.take(branch.shape);
    x.backend.binary("add", branch, shortcut, y);
    return this.#pass.keep(x, y, mode);
  }

  /** Sets the gradients of branch and shortcut, and returns ∂L/∂x. */
  backward(dy: Tensor, options: BackwardOptions = {}): Tensor | null {
    const { x } = this.#pass.take(dy);
    const branch = this.branch.backward(dy, options);
    const shortcut = this.shortcut === null ? dy : this.shortcut.backward(dy, options);
    if (options.inputGradient === false) return null;
    if (branch === null || shortcut === null) {
      throw new Error(
        `Cannot run residual backward as each layer must return its input gradient where it is wanted: found null at ${
          branch === null ? "branch" : "shortcut"
        }`,
      );
    }
    // x goes both ways: ∂L/∂x is the sum of what comes back, ∂L/∂y itself where there is no shortcut
    const dx = this.#dx.take(x.shape);
    x.backend.binary("add", branch, shortcut, dx);
    return dx;
  }

  /**
   * The settings of all layers.
   *
   * @returns A record from which `layerFromJson` makes the same layer.
   * @throws {TypeError} If a layer of the user's own has no `toJSON`.
   */
  toJSON(): ResidualRecord {
    return {
      type: "residual",
      branch: recordLayer(this.branch, "branch"),
      shortcut: this.shortcut === null ? null : recordLayer(this.shortcut, "shortcut"),
    };
  }

  #paths(): { readonly name: string; readonly layer: Layer }[] {
    const branch = { name: "branch", layer: this.branch };
    return this.shortcut === null ? [branch] : [branch, { name: "shortcut", layer: this.shortcut }];
  }
}

function asLayer(layers: Layer | readonly Layer[]): Layer {
  return isList(layers) ? new Sequential(layers) : layers;
}

/** `Array.isArray` does not tell a readonly list from a layer. */
function isList(layers: Layer | readonly Layer[]): layers is readonly Layer[] {
  return Array.isArray(layers);
}
