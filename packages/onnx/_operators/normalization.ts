import { decimal } from "../_decimal.ts";
import type { NodeReader } from "../_node_reader.ts";
import { channelsFirstRows, inverse, transpose } from "../_transpose.ts";
import { featureAxis, type Flow } from "../_values.ts";

/** Reads `BatchNormalization` in inference. */
export function readBatchNormalization(node: NodeReader): Flow {
  const x = node.flow(0);
  if (node.int("training_mode", 0) !== 0) {
    node.unsupported("it must be in inference", "training_mode");
  }
  if (featureAxis(x) !== 1) {
    node.unsupported("its input must be rows, or channels first", "channels last");
  }
  const [scale, shift, mean, variance] = [1, 2, 3, 4].map((place) => features(node, x, place));
  const kept = decimal(node.float("momentum", 0.9));
  return node.append(x, {
    record: {
      type: "batchNorm",
      epsilon: decimal(node.float("epsilon", 1e-5)),
      // ONNX names the share of what was, Gradus that of the batch: 0.1 where it is 0.9, to the digit.
      momentum: Number((1 - kept).toPrecision(7)),
      scale: "trainable",
    },
    parameters: [scale!, shift!],
    state: [mean!, variance!],
  });
}

/** Reads `LayerNormalization` over the last axis. */
export function readLayerNormalization(node: NodeReader): Flow {
  const x = node.flow(0);
  const axis = node.int("axis", -1);
  const last = x.physical.length;
  if ((axis < 0 ? axis + last + 1 : axis) !== last || featureAxis(x) !== last) {
    node.unsupported("it must be over the last axis, of features", `axis ${axis}`);
  }
  if (node.int("stash_type", 1) !== 1) {
    node.unsupported("it must be computed in float", "another type");
  }
  const scale = features(node, x, 1);
  const shift = node.has(2) ? features(node, x, 2) : new Float32Array(scale.length);
  return node.append(x, {
    record: { type: "layerNorm", epsilon: decimal(node.float("epsilon", 1e-5)) },
    parameters: [scale, shift],
    state: [],
  });
}

/** A number for each channel or feature, in the order of Gradus. */
function features(node: NodeReader, x: Flow, place: number): Float32Array {
  const { data } = node.weight(place, 1);
  // Features of a flattened image stand in the order of channels first.
  const isReordered = x.image !== null && x.physical.length === 1;
  return isReordered ? transpose(data, inverse(channelsFirstRows(x.image!, 1))) : data;
}
