import { type OnnxDtype, type OnnxValue, parseOnnx } from "@gradus/onnx";
import type { FileInfo } from "./info.ts";
import { plain } from "./_plain.ts";

/** What is in a file of ONNX. */
export function onnxInfo(bytes: Uint8Array, path: string): FileInfo {
  const { irVersion, opsets, producer, producerVersion, metadata, graph } = parseOnnx(bytes, {
    name: path,
  });
  const versions = [...opsets].map(([domain, version]) =>
    `${domain === "" ? "operators" : plain(domain)} ${version}`
  );
  const counts = new Map<string, number>();
  for (const { operator, domain } of graph.nodes) {
    const name = domain === "" ? operator : `${domain}.${operator}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return {
    format: "ONNX",
    what: [
      `file version ${irVersion}, ${versions.join(", ")}, by ${
        plain(`${producer} ${producerVersion}`.trim() || "nobody")
      }`,
      `${valuesText(graph.inputs)} to ${valuesText(graph.outputs)}`,
    ],
    tensors: [...graph.initializers.values()].map(({ name, dtype, dims }) => ({
      ...{ name, dtype: `${dtype}`, shape: dims },
      sizeBytes: dims.reduce((size, length) => size * length, 1) * (BYTES.get(dtype) ?? NaN),
    })),
    metadata: Object.fromEntries(metadata),
    layers: [
      ["operator", "nodes"],
      ...[...counts].map(([operator, nodes]) => [plain(operator), `${nodes}`]),
    ],
  };
}

/** Of a number of each type that has a size. */
const BYTES = new Map<OnnxDtype | number, number>([
  ...(["uint8", "int8", "bool"] as const).map((dtype) => [dtype, 1] as const),
  ...(["uint16", "int16", "float16", "bfloat16"] as const).map((dtype) => [dtype, 2] as const),
  ...(["float", "int32", "uint32"] as const).map((dtype) => [dtype, 4] as const),
  ...(["double", "int64", "uint64", "complex64"] as const).map((dtype) => [dtype, 8] as const),
  ["complex128", 16],
]);

function valuesText(values: readonly OnnxValue[]): string {
  return values.map(({ name, dtype, shape }) =>
    `${plain(name)} ${dtype ?? "unknown"} [${
      shape?.map((length) => length ?? "?").join(", ") ?? "?"
    }]`
  ).join(", ");
}
