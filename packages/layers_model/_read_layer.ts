import type { LayerRecord } from "@gradus/layers";
import type { Shape } from "@gradus/tensor";
import type { Json } from "./_refuse.ts";
import { Settings } from "./_settings.ts";

/** What a layer of Keras is here. */
export interface ReadLayer {
  /** Layers one behind the other. */
  readonly records: readonly LayerRecord[];
  /** Weights of the first of them: what they are called in Keras, and here. */
  readonly weights: readonly { readonly role: string; readonly own: string }[];
  /** Zeros around an image, for the convolution behind it to take over; null for none. */
  readonly padding: number | null;
  /** Whether it is trained. */
  readonly trainable: boolean;
}

/**
 * Reads a layer of Keras, one of a closed list.
 *
 * @param className What the file calls its kind.
 * @param config Its settings.
 * @param input Shape of one input; null where a layer before it could not be read.
 * @returns The layer, or what of it Gradus does not have.
 */
export function readLayer(
  className: string,
  config: Json,
  input: Shape | null,
): ReadLayer | string {
  const settings = new Settings(config);
  settings.only("dtype", ["float32", null]);
  const made = make(className, settings, input);
  if (made === null) return className.slice(0, 80);
  const trainable = settings.flag("trainable", true);
  if (settings.problem !== null) return `${className} with ${settings.problem}`;
  const { records, weights = [], padding = null } = made;
  return { records, weights, padding, trainable };
}

type Made = Pick<ReadLayer, "records"> & Partial<Pick<ReadLayer, "weights" | "padding">>;

function make(className: string, settings: Settings, input: Shape | null): Made | null {
  switch (className) {
    case "Activation":
      return { records: activation(settings, { isAlone: true }) };
    case "AveragePooling2D":
      return { records: [{ type: "averagePool2d", ...pool(settings) }] };
    case "BatchNormalization":
      return batchNorm(settings, input);
    case "Conv2D":
      settings.only("groups", [1]);
      return weighted("kernel", settings, {
        type: "conv2d",
        ...{ filters: settings.count("filters"), groups: 1 },
        ...convolution(settings),
      });
    case "Dense":
      return weighted("kernel", settings, { type: "dense", units: settings.count("units") });
    case "DepthwiseConv2D": {
      const channels = input?.at(-1) ?? 1;
      return weighted("depthwise_kernel", settings, {
        type: "conv2d",
        ...{ filters: channels * settings.count("depth_multiplier", 1), groups: channels },
        ...convolution(settings),
      });
    }
    case "Dropout":
      settings.only("noise_shape", [null]);
      return { records: [{ type: "dropout", rate: settings.number("rate") }] };
    case "ELU":
      return { records: [{ type: "elu", alpha: settings.number("alpha", 1) }] };
    case "Flatten":
      settings.only("data_format", ["channels_last", null]);
      return { records: [{ type: "flatten" }] };
    case "GlobalAveragePooling2D":
    case "GlobalMaxPooling2D": {
      settings.only("data_format", ["channels_last"]);
      settings.only("keepdims", [false]);
      const isMax = className === "GlobalMaxPooling2D";
      return { records: [{ type: isMax ? "globalMaxPool2d" : "globalAveragePool2d" }] };
    }
    case "LayerNormalization":
      settings.lastAxis(input);
      settings.only("center", [true]);
      settings.only("scale", [true]);
      return {
        records: [{ type: "layerNorm", epsilon: settings.number("epsilon", 1e-3) }],
        weights: [{ role: "gamma", own: "scale" }, { role: "beta", own: "shift" }],
      };
    case "LeakyReLU":
      return { records: [{ type: "leakyRelu", alpha: settings.number("alpha", 0.3) }] };
    case "MaxPooling2D":
      return { records: [{ type: "maxPool2d", ...pool(settings) }] };
    case "ReLU":
      settings.only("max_value", [null]);
      settings.only("negative_slope", [null, 0]);
      settings.only("threshold", [null, 0]);
      return { records: [{ type: "relu" }] };
    case "Rescaling":
      settings.only("offset", [0]);
      return { records: [{ type: "scale", factor: settings.number("scale") }] };
    case "Softmax":
      settings.lastAxis(input);
      return { records: [{ type: "softmax" }] };
    case "ZeroPadding2D":
      settings.only("data_format", ["channels_last"]);
      return { records: [], padding: settings.evenPadding() };
    default:
      return null;
  }
}

function batchNorm(settings: Settings, input: Shape | null): Made {
  settings.lastAxis(input);
  settings.only("center", [true]);
  const isScaled = settings.flag("scale", true);
  return {
    records: [{
      type: "batchNorm",
      epsilon: settings.number("epsilon", 1e-3),
      // Keras has the share that stays, Gradus that of the batch.
      momentum: Number((1 - settings.number("momentum", 0.99)).toPrecision(12)),
      scale: isScaled ? "trainable" : "frozen",
    }],
    weights: [
      ...isScaled ? [{ role: "gamma", own: "scale" }] : [],
      { role: "beta", own: "shift" },
      { role: "moving_mean", own: "runningMean" },
      { role: "moving_variance", own: "runningVariance" },
    ],
  };
}

/** A layer with a kernel and perhaps a bias, and the activation that Keras has in the same layer. */
function weighted(
  role: string,
  settings: Settings,
  record:
    | Omit<Extract<LayerRecord, { type: "conv2d" }>, "bias">
    | Omit<Extract<LayerRecord, { type: "dense" }>, "bias">,
): Made {
  const bias = settings.flag("use_bias", true);
  const kernel = { role, own: "weight" };
  return {
    records: [{ ...record, bias }, ...activation(settings, { isAlone: false })],
    weights: bias ? [kernel, { role: "bias", own: "bias" }] : [kernel],
  };
}

/** An activation by its name; where it is not a layer of its own, linear is none. */
function activation(settings: Settings, { isAlone }: { readonly isAlone: boolean }): LayerRecord[] {
  const name = settings.text("activation", "linear");
  switch (name) {
    case "elu":
      return [{ type: "elu", alpha: 1 }];
    case "linear":
      return isAlone ? [{ type: "linear" }] : [];
    case "gelu":
    case "relu":
    case "sigmoid":
    case "softmax":
    case "softplus":
    case "tanh":
      return [{ type: name }];
    case "silu":
    case "swish":
      return [{ type: "silu" }];
    default:
      return settings.refuse("activation", []);
  }
}

function convolution(settings: Settings) {
  settings.only("data_format", ["channels_last"]);
  return {
    kernel: settings.pair("kernel_size"),
    stride: settings.pair("strides", [1, 1]),
    padding: settings.padding(),
    dilation: settings.pair("dilation_rate", [1, 1]),
  };
}

function pool(settings: Settings) {
  settings.only("data_format", ["channels_last"]);
  const window = settings.pair("pool_size", [2, 2]);
  return { window, stride: settings.pair("strides", window), padding: settings.padding() };
}
