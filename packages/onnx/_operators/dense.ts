import type { NodeReader, Weight } from "../_node_reader.ts";
import { channelsFirstRows, inverse, transpose } from "../_transpose.ts";
import { type Flow, sameForm } from "../_values.ts";

/** Reads `Gemm`, `y = x · W + b`, whose weight may be transposed. */
export function readGemm(node: NodeReader): Flow {
  const [alpha, beta] = [node.float("alpha", 1), node.float("beta", 1)];
  const [transA, transB] = [node.int("transA", 0), node.int("transB", 0)];
  if (alpha !== 1 || beta !== 1 || transA !== 0) {
    node.unsupported(
      "it must have alpha 1, beta 1 and transA 0",
      `alpha ${alpha}, beta ${beta}, transA ${transA}`,
    );
  }
  const { data, dims } = node.weight(1, 2);
  const weight = transB === 0
    ? { data, dims }
    : { data: transpose(data, { shape: dims, axes: [1, 0] }), dims: dims.toReversed() };
  const bias = node.has(2) ? [node.weight(2, 1).data] : [];
  return appendDense(node, weight, bias);
}

/** Reads `MatMul` by a weight. */
export function readMatMul(node: NodeReader): Flow {
  return appendDense(node, node.weight(1, 2), []);
}

function appendDense(
  node: NodeReader,
  { data, dims }: Weight,
  bias: readonly Float32Array[],
): Flow {
  const x = node.flow(0);
  if (x.physical.length !== 1) {
    node.unsupported("its input must have one axis beside the batch", `${x.physical.length}`);
  }
  const units = dims[1]!;
  if (x.physical[0] !== dims[0]) {
    node.broken(`its weight must have ${x.physical[0]} rows`, `${dims[0]}`);
  }
  const { image } = x;
  // Behind a flattened image, rows stand in the order of channels first.
  const weight = image === null ? data : transpose(data, inverse(channelsFirstRows(image, units)));
  return node.append(x, {
    record: { type: "dense", units, bias: bias.length > 0 },
    parameters: [weight, ...bias],
    state: [],
  }, sameForm);
}
