import { Arctan } from "./arctan.ts";
import { AveragePool2d, type AveragePool2dRecord } from "./average_pool2d.ts";
import { BatchNorm, type BatchNormRecord } from "./batch_norm.ts";
import { Conv2d, type Conv2dRecord } from "./conv2d.ts";
import { Dense } from "./dense.ts";
import { Dropout } from "./dropout.ts";
import { Elu } from "./elu.ts";
import { Flatten } from "./flatten.ts";
import { Gelu } from "./gelu.ts";
import { GlobalAveragePool2d } from "./global_average_pool2d.ts";
import { GlobalMaxPool2d } from "./global_max_pool2d.ts";
import type { Layer } from "./layer.ts";
import { LayerNorm } from "./layer_norm.ts";
import type { LayerRecord } from "./layer_record.ts";
import { LeakyRelu } from "./leaky_relu.ts";
import { Linear } from "./linear.ts";
import { MaxPool2d, type MaxPool2dRecord } from "./max_pool2d.ts";
import { Relu } from "./relu.ts";
import { Residual, type ResidualRecord } from "./residual.ts";
import { Scale } from "./scale.ts";
import { Sequential } from "./sequential.ts";
import { Sigmoid } from "./sigmoid.ts";
import { Silu } from "./silu.ts";
import { Softmax } from "./softmax.ts";
import { Softplus } from "./softplus.ts";
import { Tanh } from "./tanh.ts";

/** How deep layers may lie inside of each other; a file with more would overflow the stack. */
const DEEPEST = 64;

/**
 * Makes a layer from its record, not yet initialised.
 *
 * The type is one of a closed list; settings are checked by the layer's constructor as always.
 *
 * @param record What `toJSON` of a layer returned, possibly by way of a file.
 * @returns A new layer.
 * @throws {TypeError} If the record is no object, its type is not one of this package's layers, or a
 * setting is of another type.
 * @throws {RangeError} If a setting is out of range, or a layer lies in more than 64 others.
 *
 * @example
 * ```ts
 * import { Dense, layerFromJson, Relu, Sequential } from "@gradus/layers";
 * import { assertEquals } from "@std/assert";
 *
 * const model = new Sequential([new Dense(16), new Relu(), new Dense(3)]);
 * const text = JSON.stringify(model);
 * assertEquals(JSON.stringify(layerFromJson(JSON.parse(text))), text);
 * ```
 */
export function layerFromJson(record: LayerRecord): Layer {
  return layerOf(record, 0);
}

function layerOf(given: LayerRecord, depth: number): Layer {
  if (depth > DEEPEST) {
    throw new RangeError(
      `Cannot make a layer as it must lie in at most ${DEEPEST} others: found it in more`,
    );
  }
  if (typeof given !== "object" || given === null) {
    throw new TypeError(`Cannot make a layer as its record must be an object: found ${given}`);
  }
  const record = withShownSettings(given);
  switch (record.type) {
    case "arctan":
      return new Arctan();
    case "averagePool2d":
      return new AveragePool2d(record.window, poolOptions(record));
    case "batchNorm":
      return batchNormFromJson(record);
    case "conv2d":
      return conv2dFromJson(record);
    case "dense":
      return new Dense(record.units, { bias: record.bias });
    case "dropout":
      return new Dropout(record.rate);
    case "elu":
      return new Elu({ alpha: record.alpha });
    case "flatten":
      return new Flatten();
    case "gelu":
      return new Gelu();
    case "globalAveragePool2d":
      return new GlobalAveragePool2d();
    case "globalMaxPool2d":
      return new GlobalMaxPool2d();
    case "layerNorm":
      return new LayerNorm({ epsilon: record.epsilon });
    case "leakyRelu":
      return new LeakyRelu({ alpha: record.alpha });
    case "linear":
      return new Linear();
    case "maxPool2d":
      return new MaxPool2d(record.window, poolOptions(record));
    case "relu":
      return new Relu();
    case "residual":
      return residualOf(record, depth);
    case "scale":
      return new Scale(record.factor);
    case "sequential":
      return sequentialOf(record, depth);
    case "sigmoid":
      return new Sigmoid();
    case "silu":
      return new Silu();
    case "softmax":
      return new Softmax();
    case "softplus":
      return new Softplus();
    case "tanh":
      return new Tanh();
    default:
      return refuse(record);
  }
}

/**
 * Makes a model from its record, not yet initialised.
 *
 * @param record What `toJSON` of a {@linkcode Sequential} returned, possibly by way of a file.
 * @returns A new model.
 * @throws {TypeError} If the record is not a model's, or one of its layers is unknown.
 * @throws {RangeError} If a setting is out of range, or a layer lies in more than 64 others.
 *
 * @example
 * ```ts
 * import { Dense, Sequential, sequentialFromJson } from "@gradus/layers";
 * import { random } from "@gradus/random";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const model = sequentialFromJson(new Sequential([new Dense(3)]).toJSON());
 * assertEquals(model.init([4], { backend: reference(), random: random(0) }), [3]);
 * ```
 */
export function sequentialFromJson(record: LayerRecord): Sequential {
  return sequentialOf(record, 0);
}

function sequentialOf(record: LayerRecord, depth: number): Sequential {
  if (record?.type !== "sequential" || !Array.isArray(record.layers)) {
    throw new TypeError(
      `Cannot make a model as its record must be sequential with a list of layers: found ${
        JSON.stringify(record)?.slice(0, 80)
      }`,
    );
  }
  return new Sequential(record.layers.map((layer) => layerOf(layer, depth + 1)));
}

// Settings are picked one by one: what else a file may hold, such as an initialiser, is not looked at.

function batchNormFromJson({ epsilon, momentum, scale }: BatchNormRecord): BatchNorm {
  return new BatchNorm({ epsilon, momentum, scale });
}

function conv2dFromJson(record: Conv2dRecord): Conv2d {
  const { filters, kernel, stride, padding, dilation, groups, bias } = record;
  return new Conv2d(filters, { kernel, stride, padding, dilation, groups, bias });
}

function residualOf({ branch, shortcut }: ResidualRecord, depth: number): Residual {
  return new Residual(
    layerOf(branch, depth + 1),
    shortcut === null ? {} : { shortcut: layerOf(shortcut, depth + 1) },
  );
}

/** Objects, which no setting is, as text: constructors show in messages what they refuse. */
function withShownSettings<Record extends LayerRecord>(record: Record): Record {
  const shown = (value: unknown) =>
    typeof value === "object" && value !== null ? JSON.stringify(value) : value;
  return Object.fromEntries(
    Object.entries(record).map(([name, value]) => {
      if (["layers", "branch", "shortcut"].includes(name)) return [name, value];
      return [name, Array.isArray(value) ? value.map(shown) : shown(value)];
    }),
  ) as unknown as Record;
}

function poolOptions(
  { stride, padding }: AveragePool2dRecord | MaxPool2dRecord,
): Pick<MaxPool2dRecord, "stride" | "padding"> {
  return { stride, padding };
}

function refuse(record: never): never {
  throw new TypeError(
    `Cannot make a layer as its type must be one of this package: found ${
      JSON.stringify((record as { type?: unknown }).type)
    }`,
  );
}
