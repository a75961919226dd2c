import type { LayerRecord } from "@gradus/layers";
import { random } from "@gradus/random";
import { tensor, transpose } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { assertClose } from "@gradus/testing";
import { assertEquals, assertNotEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import * as fc from "fast-check";
import { anyModel, assertPredictsAs, startModel } from "./_any_model_test.ts";
import { RECORD_KEY } from "./_format.ts";
import { writeModel } from "./_write_model.ts";
import { decodeOnnx } from "./decode_onnx.ts";
import { encodeOnnx } from "./encode_onnx.ts";
import type { OnnxNode } from "./onnx_model.ts";
import { parseOnnx } from "./parse_onnx.ts";

interface Numbers {
  readonly shape: readonly number[];
  readonly data: readonly number[];
}

const backend = reference();
const golden = `${import.meta.dirname}/golden`;
const goldens: Record<string, { readonly x: Numbers; readonly y: Numbers }> = JSON.parse(
  Deno.readTextFileSync(`${golden}/models.json`),
);

/** The file with other settings of its layers, or none: then the graph has to tell them. */
function withRecord(bytes: Uint8Array, record: string | null): Uint8Array {
  const metadata = new Map(record === null ? [] : [[RECORD_KEY, record]]);
  return writeModel({ ...parseOnnx(bytes), metadata });
}

describe("decodeOnnx() of files of encodeOnnx()", () => {
  it("gives back the model, of any layers, and its bytes", async () => {
    await fc.assert(fc.asyncProperty(anyModel, async (any) => {
      const model = startModel(any, backend);
      const bytes = await encodeOnnx(model);
      const decoded = decodeOnnx(bytes, { backend });
      assertEquals(decoded.model.toJSON(), model.toJSON());
      await assertPredictsAs(decoded.model, model, backend);
      assertEquals(await encodeOnnx(decoded.model), bytes);
      assertEquals([decoded.isInputTransposed, decoded.isOutputTransposed], [false, false]);
    }));
  });

  it("finds the layers in the graph alone, and they predict the same to the bit", async () => {
    await fc.assert(fc.asyncProperty(anyModel, async (any) => {
      const model = startModel(any, backend);
      const bytes = withRecord(await encodeOnnx(model), null);
      await assertPredictsAs(decodeOnnx(bytes, { backend }).model, model, backend);
    }));
  });
});

describe("decodeOnnx() and the settings in a file", () => {
  const layers: LayerRecord[] = [
    { type: "sequential", layers: [{ type: "dense", units: 2, bias: true }] },
    { type: "dropout", rate: 0.5 },
    { type: "scale", factor: 1 / 9 },
  ];
  const inGraph: LayerRecord[] = [
    { type: "dense", units: 2, bias: true },
    { type: "scale", factor: Math.fround(1 / 9) },
  ];
  const layersOf = (bytes: Uint8Array) => decodeOnnx(bytes, { backend }).model.toJSON().layers;

  it("believes settings that make the file's graph", async () => {
    const bytes = await encodeOnnx(startModel({ layers, inputShape: [3] }, backend));
    assertEquals(layersOf(bytes), layers);
    assertEquals(layersOf(withRecord(bytes, null)), inGraph);
    assertEquals(decodeOnnx(bytes, { backend }).model.parameters.map(({ name }) => name), [
      "0.0.weight",
      "0.0.bias",
    ]);
  });

  it("goes by the graph where settings are none, or make another", async () => {
    const bytes = await encodeOnnx(startModel({ layers, inputShape: [3] }, backend));
    const sequential = (...layers: unknown[]) => JSON.stringify({ type: "sequential", layers });
    const deep = '{"type":"sequential","layers":['.repeat(100_000);
    for (
      const record of [
        ...["", "{", "null", "[]", '{"__proto__":{"type":"sequential","layers":[]}}', deep],
        sequential(),
        sequential({ type: "constructor" }),
        sequential({ type: "dense", units: 1e15, bias: true }),
        sequential({ type: "dense", units: 2, bias: true }, { type: "scale", factor: 0.25 }),
        sequential({ type: "conv2d" }),
        sequential(...layers, { type: "relu" }),
      ]
    ) {
      assertEquals(layersOf(withRecord(bytes, record)), inGraph, record.slice(0, 80));
    }
  });

  it("goes by a graph that was changed", async () => {
    const file = parseOnnx(await encodeOnnx(startModel({ layers, inputShape: [3] }, backend)));
    const [dense, scale] = file.graph.nodes as [OnnxNode, OnnxNode];
    const nodes = [{ ...dense, outputs: ["a"] }, { ...scale, operator: "Relu", inputs: ["a"] }];
    assertEquals(layersOf(writeModel({ ...file, graph: { ...file.graph, nodes } })), [
      inGraph[0]!,
      { type: "relu" },
    ]);
    assertEquals(layersOf(writeModel({ ...file, opsets: new Map([["", 18]]) })), inGraph);
  });

  it("draws the seeds of dropout from the stream that is given", async () => {
    const bytes = await encodeOnnx(startModel({ layers, inputShape: [3] }, backend));
    const seeds = [0, 0, 1].map((seed) =>
      decodeOnnx(bytes, { backend, random: random(seed) }).model.state[0]!.value
    );
    assertEquals(seeds[0], seeds[1]);
    assertNotEquals(seeds[0], seeds[2]);
  });
});

describe("decodeOnnx() of files of PyTorch", () => {
  for (const [name, { x, y }] of Object.entries(goldens)) {
    it(`predicts what PyTorch does: ${name}`, async () => {
      const decoded = decodeOnnx(Deno.readFileSync(`${golden}/${name}.onnx`), { backend, name });
      const { model, isInputTransposed, isOutputTransposed } = decoded;
      const images = tensor(backend, x.data, { shape: x.shape });
      const input = isInputTransposed ? transpose(images, { axes: [0, 2, 3, 1] }) : images;
      const output = model.predict(input);
      const result = isOutputTransposed ? transpose(output, { axes: [0, 3, 1, 2] }) : output;
      assertEquals(result.shape, y.shape);
      // Both compute in float32; what is asked for of probabilities.
      assertClose(await result.data(), y.data, 1e-5);
    });
  }
});
