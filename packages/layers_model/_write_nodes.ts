import {
  type Conv2dRecord,
  type LayerRecord,
  layerShapes,
  type MaxPool2dRecord,
  type SequentialRecord,
} from "@gradus/layers";
import type { Shape } from "@gradus/tensor";
import type { Node, NodeWeight } from "./_node.ts";

/** What {@linkcode writeNodes} asks of a model beside its record. */
export interface ModelFacts {
  /** Shape of one input. */
  readonly inputShape: Shape;
  /** Whether all numbers of a parameter are 1. */
  readonly isOnes: (name: string) => boolean;
  /** Whether an optimizer may move a parameter. */
  readonly isTrainable: (name: string) => boolean;
}

/** The name of the layer that stands for the input of a model with residuals. */
export const INPUT = "input";

/**
 * The layers of a model in an order in which each comes after its inputs.
 *
 * @throws {TypeError} If tfjs has no such layer, naming all of them.
 */
export function writeNodes(record: SequentialRecord, facts: ModelFacts): Node[] {
  const writer = new Writer(facts);
  writer.append(record, { path: "", input: facts.inputShape, from: INPUT });
  const { problems } = writer;
  if (problems.length > 0) {
    throw new TypeError(
      `Cannot write a LayersModel as tfjs must have each layer: found ${problems.join(", ")}`,
    );
  }
  return writer.nodes;
}

/** Where a layer stands, and the name of the layer before it. */
interface Position {
  readonly path: string;
  readonly input: Shape;
  readonly from: string;
}

/** A layer of Keras, but for its name and its inputs. */
interface Made {
  readonly className: string;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly weights?: readonly NodeWeight[];
}

class Writer {
  readonly nodes: Node[] = [];
  readonly problems: string[] = [];
  readonly #facts: ModelFacts;

  constructor(facts: ModelFacts) {
    this.#facts = facts;
  }

  /** Appends a layer and all inside of it; returns the name of the last. */
  append(record: LayerRecord, position: Position): string {
    const { path, input } = position;
    const below = (name: string) => path === "" ? name : `${path}.${name}`;
    switch (record.type) {
      case "sequential": {
        let [shape, from] = [input, position.from];
        record.layers.forEach((layer, place) => {
          from = this.append(layer, { path: below(`${place}`), input: shape, from });
          shape = layerShapes(layer, shape).output;
        });
        return from;
      }
      case "residual": {
        const branch = this.append(record.branch, { ...position, path: below("branch") });
        const shortcut = record.shortcut === null
          ? position.from
          : this.append(record.shortcut, { ...position, path: below("shortcut") });
        return this.#push({ className: "Add" }, { path, inputs: [branch, shortcut] });
      }
      case "conv2d":
        return this.#appendConvolution(record, position);
      default: {
        const made = this.#make(record, position);
        return made === null ? position.from : this.#push(made, { path, inputs: [position.from] });
      }
    }
  }

  #make(
    record: Exclude<LayerRecord, { type: "conv2d" | "residual" | "sequential" }>,
    { path, input }: Position,
  ): Made | null {
    switch (record.type) {
      case "arctan":
        return this.#refuse(`${record.type} at ${path}`);
      case "averagePool2d":
        return this.#pool("AveragePooling2D", record, path);
      case "batchNorm":
        return this.#norm("BatchNormalization", path, input, {
          axis: -1,
          // The share that stays, where Gradus has that of the batch.
          momentum: Number((1 - record.momentum).toPrecision(12)),
          epsilon: record.epsilon,
          center: true,
          scale: record.scale === "trainable",
        });
      case "dense": {
        const { units, bias } = record;
        return {
          className: "Dense",
          config: { units, activation: "linear", use_bias: bias },
          weights: kernelAndBias(path, { role: "kernel", shape: [input[0]!, units], units, bias }),
        };
      }
      case "dropout":
        return { className: "Dropout", config: { rate: record.rate } };
      case "elu":
        // tfjs has no other.
        return record.alpha === 1
          ? { className: "Activation", config: { activation: "elu" } }
          : this.#refuse(`elu with an alpha of ${record.alpha} at ${path}`);
      case "flatten":
        return { className: "Flatten", config: { data_format: "channels_last" } };
      case "gelu":
      case "linear":
      case "relu":
      case "sigmoid":
      case "softmax":
      case "softplus":
      case "tanh":
        return { className: "Activation", config: { activation: record.type } };
      case "silu":
        return { className: "Activation", config: { activation: "swish" } };
      case "globalAveragePool2d":
        return { className: "GlobalAveragePooling2D", config: { data_format: "channels_last" } };
      case "globalMaxPool2d":
        return { className: "GlobalMaxPooling2D", config: { data_format: "channels_last" } };
      case "layerNorm":
        return this.#norm("LayerNormalization", path, input, {
          axis: [-1],
          epsilon: record.epsilon,
          center: true,
          scale: true,
        });
      case "leakyRelu":
        return { className: "LeakyReLU", config: { alpha: record.alpha } };
      case "maxPool2d":
        return this.#pool("MaxPooling2D", record, path);
      case "scale":
        return { className: "Rescaling", config: { scale: record.factor, offset: 0 } };
    }
  }

  #norm(
    className: "BatchNormalization" | "LayerNormalization",
    path: string,
    input: Shape,
    config: Readonly<Record<string, unknown>> & { readonly scale: boolean },
  ): Made | null {
    const scale = `${path}.scale`;
    if (!config.scale && !this.#facts.isOnes(scale)) {
      return this.#refuse(`batchNorm with a frozen scale that is not 1 at ${path}`);
    }
    const shape = [input.at(-1)!];
    const statistics = className === "BatchNormalization"
      ? [
        { role: "moving_mean", own: `${path}.runningMean`, shape },
        { role: "moving_variance", own: `${path}.runningVariance`, shape },
      ]
      : [];
    return {
      className,
      config,
      weights: [
        ...config.scale ? [{ role: "gamma", own: scale, shape }] : [],
        { role: "beta", own: `${path}.shift`, shape },
        ...statistics,
      ],
    };
  }

  #pool(
    className: string,
    { window, stride, padding }: Pick<MaxPool2dRecord, "window" | "stride" | "padding">,
    path: string,
  ): Made | null {
    if (typeof padding === "number" && padding > 0) {
      return this.#refuse(`a pool with a padding of ${padding} at ${path}`);
    }
    return {
      className,
      config: {
        ...{ pool_size: window, strides: stride },
        padding: padding === 0 ? "valid" : padding,
        data_format: "channels_last",
      },
    };
  }

  #appendConvolution(record: Conv2dRecord, { path, input, from }: Position): string {
    const { filters, kernel, stride, padding, dilation, groups, bias } = record;
    const channels = input[2]!;
    const isDepthwise = groups > 1 && groups === channels;
    if (groups > 1 && !isDepthwise) {
      this.#refuse(`conv2d with ${groups} groups of ${channels} channels at ${path}`);
    }
    if (Math.max(...stride) > 1 && Math.max(...dilation) > 1) {
      this.#refuse(`conv2d with both stride and dilation at ${path}`);
    }
    let before = from;
    if (typeof padding === "number" && padding > 0) {
      const sides = [padding, padding];
      before = this.#push({
        className: "ZeroPadding2D",
        config: { padding: [sides, sides], data_format: "channels_last" },
      }, { path, inputs: [from] });
    }
    const config = {
      ...{ kernel_size: kernel, strides: stride, dilation_rate: dilation, use_bias: bias },
      padding: padding === "same" ? "same" : "valid",
      ...{ data_format: "channels_last", activation: "linear" },
    };
    const weights = { units: filters, bias };
    return this.#push(
      isDepthwise
        ? {
          className: "DepthwiseConv2D",
          config: { ...config, depth_multiplier: filters / channels },
          weights: kernelAndBias(path, {
            ...weights,
            role: "depthwise_kernel",
            shape: [...kernel, channels, filters / channels],
          }),
        }
        : {
          className: "Conv2D",
          config: { filters, ...config },
          weights: kernelAndBias(path, {
            ...weights,
            role: "kernel",
            shape: [...kernel, channels, filters],
          }),
        },
      { path, inputs: [before] },
    );
  }

  /** Names a layer after its place, and appends it. */
  #push(
    { className, config = {}, weights = [] }: Made,
    { path, inputs }: { readonly path: string; readonly inputs: readonly string[] },
  ): string {
    const name = `${className.toLowerCase()}_${path.replaceAll(".", "_")}`;
    const isFrozen = weights.length > 0 &&
      !weights.some(({ own }) => this.#facts.isTrainable(own));
    this.nodes.push({
      className,
      config: { name, trainable: !isFrozen, dtype: "float32", ...config },
      inputs,
      weights,
    });
    return name;
  }

  #refuse(what: string): null {
    this.problems.push(what);
    return null;
  }
}

function kernelAndBias(
  path: string,
  { role, shape, units, bias }: {
    readonly role: string;
    readonly shape: Shape;
    readonly units: number;
    readonly bias: boolean;
  },
): NodeWeight[] {
  const kernel = { role, own: `${path}.weight`, shape };
  return bias ? [kernel, { role: "bias", own: `${path}.bias`, shape: [units] }] : [kernel];
}
