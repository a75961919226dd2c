import type { LayerRecord } from "@gradus/layers";
import { decimal } from "../_decimal.ts";
import type { NodeReader } from "../_node_reader.ts";
import { shorten } from "../_quote.ts";
import { featureAxis, type Flow } from "../_values.ts";

/** Reads an operator that works number by number and has no settings. */
export function readFunction(record: LayerRecord): (node: NodeReader) => Flow {
  return (node) => node.append(node.flow(0), { record, parameters: [], state: [] });
}

/** Reads `Elu`. */
export function readElu(node: NodeReader): Flow {
  const alpha = decimal(node.float("alpha", 1));
  return readFunction({ type: "elu", alpha })(node);
}

/** Reads `LeakyRelu`. */
export function readLeakyRelu(node: NodeReader): Flow {
  const alpha = decimal(node.float("alpha", 0.01));
  return readFunction({ type: "leakyRelu", alpha })(node);
}

/** Reads `Gelu`, which is by the error function or by an approximation with tanh. */
export function readGelu(node: NodeReader): Flow {
  const approximate = node.text("approximate", "none");
  if (approximate !== "none") {
    node.unsupported("it must be by the error function", `approximate ${shorten(approximate)}`);
  }
  return readFunction({ type: "gelu" })(node);
}

/** Reads `Softmax`, which up to version 12 is over all axes from one on. */
export function readSoftmax(node: NodeReader): Flow {
  const x = node.flow(0);
  const rank = x.physical.length + 1;
  const axis = node.int("axis", node.opset < 13 ? 1 : -1);
  const place = axis < 0 ? axis + rank : axis;
  if (place !== featureAxis(x) || (node.opset < 13 && place !== rank - 1)) {
    node.unsupported("it must be over the channels or features", `axis ${axis}`);
  }
  return node.append(x, { record: { type: "softmax" }, parameters: [], state: [] });
}

/** Reads `Dropout` in inference; from version 12 on its rate is an input. */
export function readDropout(node: NodeReader): Flow {
  const x = node.flow(0);
  node.int("seed", 0);
  if (node.has(2)) node.unsupported("it must be in inference", "that it can be told to train");
  const rate = node.opset < 12
    ? node.float("ratio", 0.5)
    : node.has(1)
    ? node.weight(1, 0).data[0]!
    : 0.5;
  return node.append(x, {
    record: { type: "dropout", rate: decimal(rate) },
    parameters: [],
    state: [],
  });
}
