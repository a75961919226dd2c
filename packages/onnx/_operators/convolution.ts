import type { NodeReader } from "../_node_reader.ts";
import { inverse, transpose } from "../_transpose.ts";
import { asChannelsFirst, type Flow } from "../_values.ts";
import { readImages, readPair, readWindows } from "./windows.ts";

/** Reads `Conv` over rows and columns. */
export function readConv(node: NodeReader): Flow {
  const x = readImages(node);
  const { data, dims } = node.weight(1, 4);
  const [filters, channels, height, width] = dims as [number, number, number, number];
  const kernel = [height, width] as const;
  const named = readPair(node, "kernel_shape") ?? kernel;
  if (named.join() !== kernel.join()) {
    node.broken(`its kernel_shape must be that of its weight, ${kernel}`, `${named}`);
  }
  const groups = node.int("group", 1);
  const windows = readWindows(node, x, kernel);
  const bias = node.has(2) ? [node.weight(2, 1).data] : [];
  const shape = [height, width, channels, filters];
  return node.append(x, {
    record: { type: "conv2d", filters, kernel, ...windows, groups, bias: bias.length > 0 },
    parameters: [transpose(data, inverse({ shape, axes: [3, 2, 0, 1] })), ...bias],
    state: [],
  }, asChannelsFirst);
}
