import { sizeOf } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { assert, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { assertPredictsAs, startModel } from "./_any_model_test.ts";
import { OPERATORS } from "./_operators.ts";
import { writeModel } from "./_write_model.ts";
import { decodeOnnx } from "./decode_onnx.ts";
import { encodeOnnx } from "./encode_onnx.ts";
import type { OnnxAttribute, OnnxModel } from "./onnx_model.ts";
import { parseOnnx } from "./parse_onnx.ts";
import { UnsupportedOnnxError } from "./unsupported_onnx_error.ts";

const backend = reference();
const golden = `${import.meta.dirname}/golden`;

/** Files of PyTorch, and one of Gradus. */
const files = [
  ...["activations", "functions", "image", "perceptron", "residual_folded"].map((name) =>
    Deno.readFileSync(`${golden}/${name}.onnx`)
  ),
  await encodeOnnx(startModel({
    layers: [
      { type: "residual", branch: { type: "dense", units: 3, bias: true }, shortcut: null },
      { type: "scale", factor: 1 / 9 },
      { type: "dropout", rate: 0.5 },
    ],
    inputShape: [3],
  }, backend)),
];

/** Somewhere in a list, as a share of its length. */
const place = fc.noBias(fc.integer({ min: 0, max: 999_999 })).map((millionths) => millionths / 1e6);
const at = (list: { readonly length: number }, place: number) => Math.floor(place * list.length);

/** Bytes that mean something: tags, ends of numbers, small and large lengths. */
const byte = fc.oneof(
  fc.constantFrom(0x00, 0x01, 0x02, 0x08, 0x0a, 0x12, 0x1a, 0x22, 0x2a, 0x3a, 0x7f, 0x80, 0xff),
  fc.integer({ min: 0, max: 255 }),
);

type Change = (bytes: number[]) => void;

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.record({ where: place, byte }).map(({ where, byte }): Change => (bytes) => {
    bytes[at(bytes, where)] = byte;
  }),
  fc.record({ where: place, bit: fc.integer({ min: 0, max: 7 }) }).map(
    ({ where, bit }): Change => (bytes) => {
      bytes[at(bytes, where)]! ^= 1 << bit;
    },
  ),
  fc.record({ where: place, more: fc.array(byte, { minLength: 1, maxLength: 4 }) }).map(
    ({ where, more }): Change => (bytes) => {
      bytes.splice(at(bytes, where), 0, ...more);
    },
  ),
  fc.record({ where: place, count: fc.integer({ min: 1, max: 20 }) }).map(
    ({ where, count }): Change => (bytes) => {
      bytes.splice(at(bytes, where), count);
    },
  ),
  place.map((where): Change => (bytes) => {
    bytes.length = at(bytes, where);
  }),
  // A piece of the file, put somewhere else.
  fc.record({ from: place, to: place, count: fc.integer({ min: 1, max: 60 }) }).map(
    ({ from, to, count }): Change => (bytes) => {
      const start = at(bytes, from);
      bytes.splice(at(bytes, to), 0, ...bytes.slice(start, start + count));
    },
  ),
);

/** A file with one to three things wrong with its bytes. */
const withChangedBytes = fc.tuple(
  fc.constantFrom(...files),
  fc.array(change, { minLength: 1, maxLength: 3 }),
).map(([file, changes]) => {
  const bytes = [...file];
  for (const change of changes) change(bytes);
  return Uint8Array.from(bytes);
});

/** What replaces a number: a small one, a huge one, or one of the format's. */
const number = fc.oneof(
  fc.integer({ min: -3, max: 5 }),
  fc.constantFrom(0.5, 2 ** 31, 2 ** 53, -(2 ** 40), NaN),
);

/** Which item of a list, and what replaces it. */
interface Draw {
  readonly place: number;
  readonly number: number;
}

interface Exchange extends Draw {
  readonly node: number;
  readonly operator: string;
  readonly kind:
    | "operator"
    | "input"
    | "output"
    | "attribute"
    | "dims"
    | "shape"
    | "drop"
    | "twice"
    | "opset";
}

const exchange: fc.Arbitrary<Exchange> = fc.record({
  node: place,
  place,
  number,
  operator: fc.constantFrom(...OPERATORS.keys(), "__proto__", "LSTM"),
  kind: fc.constantFrom<Exchange["kind"][]>(
    ...["operator", "input", "output", "attribute", "dims"] as const,
    ...["shape", "drop", "twice", "opset"] as const,
  ),
});

/** A model with one part exchanged for another. */
function exchanged(model: OnnxModel, { kind, operator, ...draw }: Exchange): OnnxModel {
  const { graph } = model;
  const names = [
    ...[...graph.initializers.keys(), "x", "", "__proto__"],
    ...graph.nodes.flatMap(({ outputs }) => outputs),
  ];
  const name = names[at(names, draw.place)]!;
  const nodes = [...graph.nodes];
  const which = at(nodes, draw.node);
  const node = nodes[which];
  if (node === undefined) return model;
  const { inputs, outputs, attributes } = node;
  const swap = (list: readonly string[]) => list.with(at(list, draw.place), name);
  switch (kind) {
    case "operator":
      nodes[which] = { ...node, operator };
      break;
    case "input":
      if (inputs.length > 0) nodes[which] = { ...node, inputs: swap(inputs) };
      break;
    case "output":
      nodes[which] = { ...node, outputs: swap(outputs) };
      break;
    case "attribute":
      nodes[which] = {
        ...node,
        attributes: new Map(
          [...attributes].map(([key, attribute]) => [key, numbered(attribute, draw)]),
        ),
      };
      break;
    case "drop":
      nodes.splice(which, 1);
      break;
    case "twice":
      nodes.splice(which, 0, { ...node, outputs: [name] });
      break;
    case "dims": {
      const initializers = new Map(
        [...graph.initializers].map((
          [key, tensor],
          i,
          { length },
        ) => [
          key,
          i === Math.floor(draw.node * length)
            ? { ...tensor, dims: withNumber(tensor.dims, draw) }
            : tensor,
        ]),
      );
      return { ...model, graph: { ...graph, initializers } };
    }
    case "shape": {
      const [input] = graph.inputs;
      const shape = withNumber(input!.shape as number[], draw);
      return { ...model, graph: { ...graph, inputs: [{ ...input!, shape }] } };
    }
    case "opset":
      return { ...model, opsets: new Map([["", whole(draw.number) + 15]]) };
  }
  return { ...model, graph: { ...graph, nodes } };
}

const whole = (number: number) => Number.isInteger(number) ? number : 1;

function withNumber<Item>(list: readonly Item[], draw: Draw): (Item | number)[] {
  return list.length === 0
    ? [whole(draw.number)]
    : list.with(at(list, draw.place), whole(draw.number) as Item);
}

function numbered(attribute: OnnxAttribute, draw: Draw): OnnxAttribute {
  switch (attribute.type) {
    case "float":
      return { ...attribute, value: draw.number };
    case "int":
      return { ...attribute, value: whole(draw.number) };
    case "ints":
      return { ...attribute, value: withNumber(attribute.value, draw) };
    default:
      return attribute;
  }
}

/** A file of which one to three parts are others. */
const withChangedParts = fc.tuple(
  fc.constantFrom(...files),
  fc.array(exchange, { minLength: 1, maxLength: 3 }),
).map(([file, exchanges]) => writeModel(exchanges.reduce(exchanged, parseOnnx(file))));

/** Whether a file is read, and then rightly; else it is refused by an error that names it. */
async function isRead(bytes: Uint8Array): Promise<boolean> {
  let decoded;
  try {
    decoded = decodeOnnx(bytes, { backend, name: "m.onnx" });
  } catch (error) {
    assert(error instanceof SyntaxError || error instanceof UnsupportedOnnxError, `${error}`);
    assert(/^Cannot decode [^]*m\.onnx [^]*as [^]+: found /.test(error.message), error.message);
    assert(error.message.length < 1000, error.message);
    return false;
  }
  const { model } = decoded;
  const again = decodeOnnx(await encodeOnnx(model), { backend }).model;
  assertEquals(again.toJSON(), model.toJSON());
  const sizes = [model.inputShape, ...model.outputShapes].map(sizeOf);
  if (Math.max(...sizes) <= 10_000) await assertPredictsAs(again, model, backend);
  return true;
}

for (const [what, files] of Object.entries({ bytes: withChangedBytes, parts: withChangedParts })) {
  Deno.test(`decodeOnnx() reads a file of changed ${what} rightly, or refuses it by name`, async () => {
    let read = 0;
    await fc.assert(
      fc.asyncProperty(files, async (bytes) => {
        if (await isRead(bytes)) read++;
      }),
      { numRuns: 2000 },
    );
    // Changes that change nothing that matters are read.
    assert(read > 50, `${read}`);
  });
}
