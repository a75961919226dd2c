import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { parseOnnx } from "./parse_onnx.ts";

describe("parseOnnx()", () => {
  it("reads a file of PyTorch", async () => {
    const { graph, ...model } = parseOnnx(
      await Deno.readFile(`${import.meta.dirname}/golden/image.onnx`),
    );
    assertEquals(model, {
      irVersion: 8,
      opsets: new Map([["", 17]]),
      producer: "pytorch",
      producerVersion: "1.13.0",
      metadata: new Map(),
    });
    assertEquals(graph.inputs, [{ name: "x", dtype: "float", shape: ["rows", 2, 4, 4] }]);
    assertEquals(graph.outputs, [{ name: "y", dtype: "float", shape: ["rows", 3, 4, 4] }]);
    assertEquals(graph.nodes.map(({ operator, inputs }) => [operator, inputs]), [
      ["Conv", ["x", "0.weight", "0.bias"]],
      ["Softplus", ["/0/Conv_output_0"]],
    ]);
    assertEquals(graph.nodes[0]!.attributes.get("pads"), { type: "ints", value: [1, 1, 1, 1] });
    const bias = graph.initializers.get("0.bias")!;
    assertEquals([bias.dtype, bias.dims, bias.data?.length], ["float", [3], 3]);
  });
});
