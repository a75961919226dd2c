import onnxProto from "onnx-proto";
import { assertEquals } from "@std/assert";
import { onnxModel } from "./onnx_model.ts";

Deno.test("onnxModel() is read back as it was written", () => {
  const weight = { data: new Float32Array([1, -2]), shape: [2, 1] };
  const bytes = onnxModel({
    op: "MatMul",
    inputs: [{ name: "x", shape: [3, 2] }, { name: "weight", shape: [2, 1] }],
    weights: { weight },
    attributes: { pads: [1, 2] },
    outputShape: [3, 1],
  });
  const { graph } = onnxProto.onnx.ModelProto.decode(bytes);
  const [node] = graph!.node!;
  assertEquals([node!.opType, node!.input, node!.output], ["MatMul", ["x", "weight"], ["y"]]);
  assertEquals(node!.attribute!.map(({ name, ints }) => [name, ints!.map(Number)]), [
    ["pads", [1, 2]],
  ]);
  assertEquals(graph!.input!.map(({ name }) => name), ["x"]);
  const [{ name, dims, rawData }] = graph!.initializer as [
    { name: string; dims: unknown[]; rawData: Uint8Array },
  ];
  assertEquals([name, dims.map(Number)], ["weight", [2, 1]]);
  assertEquals(new Float32Array(Uint8Array.from(rawData).buffer), weight.data);
});
