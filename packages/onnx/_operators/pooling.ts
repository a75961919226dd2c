import type { LayerRecord } from "@gradus/layers";
import type { NodeReader } from "../_node_reader.ts";
import { few } from "../_quote.ts";
import { asChannelsFirst, type Flow, sameForm } from "../_values.ts";
import { readImages, readPair, readWindows } from "./windows.ts";

/** Reads `MaxPool`. */
export function readMaxPool(node: NodeReader): Flow {
  node.int("storage_order", 0); // of the indices, which are an output that must not be there
  return readPool(node, "maxPool2d");
}

/** Reads `AveragePool`, whose windows may count padding as zeros. */
export function readAveragePool(node: NodeReader): Flow {
  const countsPadding = node.int("count_include_pad", 0) !== 0;
  const y = readPool(node, "averagePool2d");
  const { record } = y.step.layer!;
  if (countsPadding && record.type === "averagePool2d" && record.padding !== "valid") {
    node.unsupported("its windows must not count padding", "count_include_pad");
  }
  return y;
}

function readPool(node: NodeReader, type: "averagePool2d" | "maxPool2d"): Flow {
  const x = readImages(node);
  const window = readPair(node, "kernel_shape") ?? node.broken("it must have kernel_shape", "none");
  const { stride, dilation, padding } = readWindows(node, x, window);
  if (dilation.join() !== "1,1") {
    node.unsupported("its windows must have no holes", `dilations ${dilation}`);
  }
  const record = { type, window, stride, padding };
  return node.append(x, { record, parameters: [], state: [] }, asChannelsFirst);
}

/** Reads `GlobalAveragePool` and `GlobalMaxPool`, which leave images of one pixel. */
export function readGlobalPool(
  type: "globalAveragePool2d" | "globalMaxPool2d",
): (node: NodeReader) => Flow {
  return (node) => appendGlobalPool(node, { type }, true);
}

/** Reads `ReduceMean` and `ReduceMax` over rows and columns; from version 18 on, axes are an input. */
export function readReduce(
  type: "globalAveragePool2d" | "globalMaxPool2d",
): (node: NodeReader) => Flow {
  return (node) => {
    node.int("noop_with_empty_axes", 0);
    const axes = (node.has(1) ? node.integers(1) : node.ints("axes")) ?? [];
    const places = axes.map((axis) => axis < 0 ? axis + 4 : axis).toSorted((a, b) => a - b);
    if (places.join() !== "2,3") {
      node.unsupported("it must be over rows and columns, axes 2 and 3", few(axes));
    }
    return appendGlobalPool(node, { type }, node.int("keepdims", 1) !== 0);
  };
}

function appendGlobalPool(node: NodeReader, record: LayerRecord, keepsAxes: boolean): Flow {
  const layer = { record, parameters: [], state: [] };
  return node.append(
    readImages(node),
    layer,
    (channels) => keepsAxes ? { physical: [...channels, 1, 1], image: null } : sameForm(channels),
  );
}
