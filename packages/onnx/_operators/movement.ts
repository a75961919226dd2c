import { equalShapes, sizeOf } from "@gradus/tensor";
import type { NodeReader } from "../_node_reader.ts";
import { few } from "../_quote.ts";
import { behindBatch, channelsFirst, channelsLast } from "../_transpose.ts";
import { asChannelsFirst, type Constant, type Flow, sameForm, type Value } from "../_values.ts";
import type { OnnxTensor } from "../onnx_model.ts";

/** Reads `Flatten` of all axes but the batch. */
export function readFlatten(node: NodeReader): Flow {
  const x = node.flow(0);
  const axis = node.int("axis", 1);
  if ((axis < 0 ? axis + x.physical.length + 1 : axis) !== 1) {
    node.unsupported("it must keep the batch and nothing else, axis 1", `axis ${axis}`);
  }
  return flatten(node, x);
}

/** Reads `Reshape` to one row for each input. */
export function readReshape(node: NodeReader): Flow {
  const x = node.flow(0);
  const shape = node.integers(1);
  const [rows, columns] = shape;
  const zeroIsLength = node.int("allowzero", 0) !== 0;
  const keepsBatch = rows === -1 || rows === node.batch || (rows === 0 && !zeroIsLength);
  const isWhole = columns === -1 || columns === sizeOf(x.physical);
  if (shape.length !== 2 || !keepsBatch || !isWhole) {
    const wanted = `[batch, ${sizeOf(x.physical)}]`;
    node.unsupported(`it must make one row of each input, ${wanted}`, `[${few(shape)}]`);
  }
  return flatten(node, x);
}

function flatten(node: NodeReader, x: Flow): Flow {
  const physical = [sizeOf(x.physical)];
  const [channels = 1] = x.physical;
  // With one channel or one pixel, there is but one order.
  const image = channels === 1 || channels === physical[0] ? null : x.image;
  if (x.shape.length === 1) return { ...x, physical, image };
  const layer = { record: { type: "flatten" }, parameters: [], state: [] } as const;
  return node.append(x, layer, () => ({ physical, image }));
}

/** Reads `Transpose` between channels first and channels last. */
export function readTranspose(node: NodeReader): Flow {
  const x = node.flow(0);
  const { shape, physical, image } = x;
  const rank = physical.length;
  const perm = node.ints("perm") ?? [];
  const isPerm = (axes: readonly number[]) => equalShapes(perm, behindBatch(axes));
  if (rank > 1 && image === null && equalShapes(shape, physical) && isPerm(channelsFirst(rank))) {
    return { ...x, ...asChannelsFirst(shape) };
  }
  if (rank > 1 && image !== null && isPerm(channelsLast(rank))) return { ...x, ...sameForm(shape) };
  const found = `perm ${few(perm)}`;
  node.unsupported("it must put channels first that are last, or last that are first", found);
}

/** Reads `Pad` by nothing, which PyTorch writes before average pooling. */
export function readPad(node: NodeReader): Flow {
  const x = node.flow(0);
  node.text("mode", "constant");
  node.float("value", 0);
  if (node.has(2)) node.value(2);
  if (node.has(3)) node.value(3);
  const pads = (node.opset < 11 ? node.ints("pads") : node.integers(1)) ?? [];
  if (pads.some((pad) => pad !== 0)) node.unsupported("it must pad by 0", few(pads));
  return x;
}

/** Reads `Identity`. */
export function readIdentity(node: NodeReader): Value {
  return node.value(0);
}

/** Reads `Constant`, which is a tensor, a number or a list. */
export function readConstant(node: NodeReader): Constant {
  const float = node.float("value_float", null);
  const int = node.int("value_int", null);
  const floats = node.floats("value_floats");
  const ints = node.ints("value_ints");
  const tensor = node.tensor("value") ??
    (float !== null ? constant([], Float32Array.of(float)) : null) ??
    (int !== null ? constant([], [int]) : null) ??
    (floats !== null ? constant([floats.length], Float32Array.from(floats)) : null) ??
    (ints !== null ? constant([ints.length], [...ints]) : null);
  if (tensor === null) node.unsupported("it must be of numbers", "none");
  return { kind: "constant", tensor };
}

function constant(dims: readonly number[], data: Float32Array | number[]): OnnxTensor {
  const dtype = Array.isArray(data) ? "int64" : "float";
  return { name: "", dtype, dims, data, isExternal: false };
}
