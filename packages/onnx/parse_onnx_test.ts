import { assertThrowsExactly } from "@gradus/testing";
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { Buffer } from "node:buffer";
import { type Field, floats, message } from "./_message_test.ts";
import type { OnnxTensor } from "./onnx_model.ts";
import { parseOnnx } from "./parse_onnx.ts";

/** The bytes of a file with a graph of these fields. */
function file(...graph: Field[]): Uint8Array {
  return message([1, 8], [7, message(...graph)]);
}

const node = (...fields: Field[]): Field => [1, message([2, "y"], [4, "Relu"], ...fields)];
const attribute = (...fields: Field[]): Field => [5, message(...fields)];
const tensor = (...fields: Field[]): Field => [5, message([8, "w"], ...fields)];

function readTensor(...fields: Field[]): OnnxTensor {
  return parseOnnx(file(tensor(...fields))).graph.initializers.get("w")!;
}

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

  it("reads what a file says of itself", () => {
    const bytes = message(
      [1, 9],
      [2, "someone"],
      [3, "1.2"],
      [7, message([2, "name"])],
      [8, message([2, 17])],
      [8, message([1, "com.example"], [2, 1])],
      [14, message([1, "key"], [2, "value"])],
    );
    assertEquals(parseOnnx(bytes), {
      irVersion: 9,
      opsets: new Map([["", 17], ["com.example", 1]]),
      producer: "someone",
      producerVersion: "1.2",
      metadata: new Map([["key", "value"]]),
      graph: { name: "name", nodes: [], initializers: new Map(), inputs: [], outputs: [] },
    });
  });

  it("reads numbers that are raw, in a list, or packed", () => {
    const data = (...fields: Field[]) => readTensor([1, 2], ...fields).data;
    const expected = new Float32Array([1, -2]);
    assertEquals(data([2, 1], [9, floats(1, -2)]), expected);
    assertEquals(data([2, 1], [4, { float: 1 }], [4, { float: -2 }]), expected);
    assertEquals(data([2, 1], [4, floats(1, -2)]), expected);
    assertEquals(data([2, 6], [9, new Uint8Array(Int32Array.of(1, -2).buffer)]), [1, -2]);
    assertEquals(data([2, 6], [5, 1], [5, -2]), [1, -2]);
    assertEquals(data([2, 7], [9, new Uint8Array(BigInt64Array.of(1n, -2n).buffer)]), [1, -2]);
    assertEquals(data([2, 7], [7, message([0, 1]).subarray(1)], [7, -2]), [1, -2]);
  });

  it("reads a number, and none at all", () => {
    assertEquals(readTensor([2, 1], [9, floats(3)]).data, new Float32Array([3]));
    assertEquals(readTensor([2, 1], [1, 0]).data, new Float32Array());
  });

  it("tells type and shape of numbers that it does not read, and that they are elsewhere", () => {
    assertEquals(readTensor([2, 10], [1, 3], [9, new Uint8Array(6)]), {
      ...{ name: "w", dtype: "float16", dims: [3], data: null, isExternal: false },
    });
    assertEquals(readTensor([2, 99], [1, 3]).dtype, 99);
    const place = message([1, "location"], [2, "../../etc/passwd"]);
    for (const fields of [[[14, 1]], [[13, place]]] satisfies Field[][]) {
      assertEquals(readTensor([2, 1], [1, 3], ...fields), {
        ...{ name: "w", dtype: "float", dims: [3], data: null, isExternal: true },
      });
    }
  });

  it("reads attributes of each type", () => {
    const bytes = file(node(
      attribute([1, "float"], [20, 1], [2, { float: 0.5 }]),
      attribute([1, "int"], [20, 2], [3, -7]),
      attribute([1, "string"], [20, 3], [4, "é"]),
      attribute([1, "tensor"], [20, 4], [5, message([2, 1], [9, floats(1)])]),
      attribute([1, "graph"], [20, 5], [6, message()]),
      attribute([1, "floats"], [20, 6], [7, { float: 1 }], [7, floats(2, 3)]),
      attribute([1, "ints"], [20, 7], [8, 1], [8, message([0, 2]).subarray(1)]),
      attribute([1, "strings"], [20, 8], [9, "a"], [9, ""]),
      attribute([1, "missing"], [20, 2]),
    ));
    const { attributes } = parseOnnx(bytes).graph.nodes[0]!;
    assertEquals([...attributes].map(([name, { type, value }]) => [name, type, value]), [
      ["float", "float", 0.5],
      ["int", "int", -7],
      ["string", "string", "é"],
      ["tensor", "tensor", {
        ...{ name: "", dtype: "float", dims: [], data: new Float32Array([1]), isExternal: false },
      }],
      ["graph", "other", null],
      ["floats", "floats", [1, 2, 3]],
      ["ints", "ints", [1, 2]],
      ["strings", "strings", ["a", ""]],
      ["missing", "int", 0],
    ]);
  });

  it("reads inputs and outputs of which little is told", () => {
    const value = (...fields: Field[]) => message([1, "x"], ...fields);
    const shape = message([1, message()], [1, message([1, 3])], [1, message([2, "rows"])]);
    const { inputs, outputs } = parseOnnx(file(
      [11, value()],
      [11, value([2, message([4, message()])])],
      [12, value([2, message([1, message([1, 10])])])],
      [12, value([2, message([1, message([1, 1], [2, shape])])])],
    )).graph;
    assertEquals(inputs.map(({ dtype, shape }) => [dtype, shape]), [[null, null], [null, null]]);
    assertEquals(outputs.map(({ dtype, shape }) => [dtype, shape]), [
      ["float16", null],
      ["float", [null, 3, "rows"]],
    ]);
  });

  it("skips fields that it does not know, groups among them", () => {
    const group = new Uint8Array([0x9b, 0x06, 0x08, 0x01, 0x9c, 0x06]); // field 99
    const bytes = new Uint8Array([...message([98, "?"]), ...group, ...file(node([97, 1]))]);
    assertEquals(parseOnnx(bytes).graph.nodes.length, 1);
  });

  it("takes names of the prototype for names", () => {
    const names = ["__proto__", "constructor", "toString"];
    const { graph, metadata, opsets } = parseOnnx(message(
      [
        7,
        message(
          ...names.map((name): Field => [5, message([8, name], [2, 1], [9, floats(1)])]),
          node(...names.map((name) => attribute([1, name], [20, 2]))),
        ),
      ],
      ...names.flatMap((name): Field[] => [
        [8, message([1, name], [2, 1])],
        [14, message([1, name], [2, "value"])],
      ]),
    ));
    for (const map of [graph.initializers, graph.nodes[0]!.attributes, metadata, opsets]) {
      assertEquals([...map.keys()], names);
    }
    assertEquals(({} as { value?: unknown }).value, undefined);
  });

  it("copies: neither the file nor a view of it shows through", () => {
    const bytes = file(tensor([1, 1], [2, 1], [9, floats(7)]));
    for (const held of [new Uint8Array(bytes.length + 3).subarray(3), Buffer.alloc(bytes.length)]) {
      held.set(bytes);
      const { initializers } = parseOnnx(held).graph;
      held.fill(0);
      assertEquals(initializers.get("w")!.data, new Float32Array([7]));
    }
  });

  const refused: [what: string, bytes: Uint8Array, message: string][] = [
    ["no bytes", message(), "m.onnx as it must have a graph: found none at byte 0"],
    [
      "a cut field",
      file(node()).subarray(0, -1),
      "m.onnx as its fields must be as protobuf writes them: found an early end at byte 2",
    ],
    [
      "a cut field inside",
      file([2, new Uint8Array([1])], [1, new Uint8Array([0x0a, 0x05, 0x61])]),
      "node 0 of the graph of m.onnx as its fields must be as protobuf writes them: found an early end at byte 9",
    ],
    [
      "field 0",
      new Uint8Array([0x00, 0x00]),
      "m.onnx as its fields must be as protobuf writes them: found illegal tag: field no 0 wire type 0 at byte 0",
    ],
    [
      "a group that does not end",
      new Uint8Array([0x9b, 0x06]),
      "m.onnx as its fields must be as protobuf writes them: found an early end at byte 0",
    ],
    [
      "groups in each other",
      new Uint8Array(1000).map((_, i) => i % 2 === 0 ? 0x9b : 0x06),
      "m.onnx as its fields must be as protobuf writes them: found maximum recursion depth reached at byte 0",
    ],
    [
      "text that is not UTF-8",
      file([2, new Uint8Array([0xff])]),
      "the graph of m.onnx as its fields must be as protobuf writes them: found text that is not UTF-8 at byte 4",
    ],
    [
      "a field of another type",
      file([2, 5]),
      "the graph of m.onnx as field 2 must be bytes of a length: found an integer at byte 4",
    ],
    [
      "a graph that is none",
      message([7, 5]),
      "m.onnx as field 7 must be bytes of a length: found an integer at byte 0",
    ],
    [
      "two graphs",
      new Uint8Array([...file(), ...file()]),
      "m.onnx as it must have the graph once: found it again at byte 6",
    ],
    [
      "a node without operator",
      file([1, message([2, "y"])]),
      "node 0 of the graph of m.onnx as it must have an operator: found none at byte 6",
    ],
    [
      "a node without output",
      file([1, message([4, "Relu"])]),
      "node 0 of the graph of m.onnx as it must have an output: found none at byte 6",
    ],
    [
      "an attribute twice",
      file(node(attribute([1, "a"], [20, 2]), attribute([1, "a"], [20, 2]))),
      'node 0 of the graph of m.onnx as its attributes must differ: found "a" again at byte 23',
    ],
    [
      "an attribute without name",
      file(node(attribute([20, 2]))),
      "an attribute of node 0 of the graph of m.onnx as it must have a name: found none at byte 17",
    ],
    [
      "a tensor attribute without tensor",
      file(node(attribute([1, "a"], [20, 4]))),
      "an attribute of node 0 of the graph of m.onnx as it must have a tensor: found none at byte 20",
    ],
    [
      "an input without name",
      file([11, message()]),
      "input 0 of the graph of m.onnx as it must have a name: found none at byte 6",
    ],
    [
      "a sparse initializer",
      file([15, message()]),
      "the graph of m.onnx as its initializers must be dense: found a sparse one at byte 4",
    ],
    [
      "an initializer without name",
      file([5, message([2, 1], [9, floats(1)])]),
      'the graph of m.onnx as each initializer must have a name of its own: found "" at byte 4',
    ],
    [
      "a name twice",
      file(tensor([2, 1], [9, floats(1)]), tensor([2, 1], [9, floats(1)])),
      'the graph of m.onnx as each initializer must have a name of its own: found "w" at byte 17',
    ],
    [
      "too few numbers",
      file(tensor([1, 3], [2, 1], [4, { float: 1 }])),
      "initializer 0 of the graph of m.onnx as it must have 3 numbers: found 1 at byte 13",
    ],
    [
      "raw bytes of another length",
      file(tensor([1, 3], [2, 1], [9, floats(1)])),
      "initializer 0 of the graph of m.onnx as it must have 3 numbers of 4 bytes: found 4 bytes at byte 13",
    ],
    [
      "numbers twice",
      file(tensor([2, 1], [9, floats(1)], [4, { float: 1 }])),
      "initializer 0 of the graph of m.onnx as it must have 1 numbers of 4 bytes: found others beside them at byte 17",
    ],
    [
      "a negative length",
      file(tensor([1, -1], [2, 1])),
      "initializer 0 of the graph of m.onnx as its shape must have at most 2^53 - 1 elements: found [-1] at byte 20",
    ],
    [
      "huge lengths",
      file(tensor([1, 2 ** 40], [1, 2 ** 40], [2, 1])),
      "initializer 0 of the graph of m.onnx as its shape must have at most 2^53 - 1 elements: found [1099511627776, 1099511627776] at byte 23",
    ],
  ];
  for (const [what, bytes, text] of refused) {
    it(`refuses ${what}`, () => {
      assertThrowsExactly(
        () => parseOnnx(bytes, { name: "m.onnx" }),
        SyntaxError,
        `Cannot decode ${text}`,
      );
    });
  }

  it("names a file that has no name", () => {
    assertThrowsExactly(
      () => parseOnnx(new Uint8Array()),
      SyntaxError,
      "Cannot decode a file of ONNX as it must have a graph: found none at byte 0",
    );
  });

  it("refuses a file that is cut off anywhere, or takes less of it", async () => {
    const bytes = await Deno.readFile(`${import.meta.dirname}/golden/perceptron.onnx`);
    const whole = parseOnnx(bytes);
    let refusals = 0;
    for (let length = 0; length < bytes.length; length++) {
      try {
        const part = parseOnnx(bytes.subarray(0, length));
        assert(part.opsets.size < whole.opsets.size);
      } catch (error) {
        assert(error instanceof SyntaxError);
        refusals++;
      }
    }
    assert(refusals > bytes.length - 20); // all but the cuts between fields at the end
  });

  it("takes memory in proportion to the file", () => {
    // The smallest whole node: 8 bytes.
    const nodes = new Uint8Array(200_000 * 8);
    const smallest = message([1, message([2, "y"], [4, "A"])]);
    for (let at = 0; at < nodes.length; at += 8) nodes.set(smallest, at);
    const before = Deno.memoryUsage().heapUsed;
    const { graph } = parseOnnx(message([7, nodes]));
    assertEquals(graph.nodes.length, 200_000);
    assert(Deno.memoryUsage().heapUsed - before < 100 * nodes.length);
  });
});
