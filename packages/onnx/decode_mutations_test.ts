import { sizeOf } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { assert, assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { assertPredictsAs, startModel } from "./_any_model_test.ts";
import { decodeOnnx } from "./decode_onnx.ts";
import { encodeOnnx } from "./encode_onnx.ts";
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

/** Bytes that mean something: tags, ends of numbers, small and large lengths. */
const byte = fc.oneof(
  fc.constantFrom(0x00, 0x01, 0x02, 0x08, 0x0a, 0x12, 0x1a, 0x22, 0x2a, 0x3a, 0x7f, 0x80, 0xff),
  fc.integer({ min: 0, max: 255 }),
);
const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

type Change = (bytes: number[]) => void;
const at = (bytes: readonly number[], place: number) => Math.floor(place * bytes.length);

const change: fc.Arbitrary<Change> = fc.oneof(
  fc.tuple(place, byte).map(([where, byte]): Change => (bytes) => bytes[at(bytes, where)] = byte),
  fc.tuple(place, fc.integer({ min: 0, max: 7 })).map(([where, bit]): Change => (bytes) =>
    bytes[at(bytes, where)]! ^= 1 << bit
  ),
  fc.tuple(place, fc.array(byte, { minLength: 1, maxLength: 4 })).map(
    ([where, more]): Change => (bytes) => bytes.splice(at(bytes, where), 0, ...more),
  ),
  fc.tuple(place, fc.integer({ min: 1, max: 20 })).map(([where, count]): Change => (bytes) =>
    bytes.splice(at(bytes, where), count)
  ),
  place.map((where): Change => (bytes) => bytes.length = at(bytes, where)),
  // A piece of the file, put somewhere else.
  fc.tuple(place, place, fc.integer({ min: 1, max: 60 })).map(
    ([from, to, count]): Change => (bytes) => {
      const start = at(bytes, from);
      bytes.splice(at(bytes, to), 0, ...bytes.slice(start, start + count));
    },
  ),
);

/** A file with one to four things wrong with it. */
const mutated = fc.tuple(
  fc.constantFrom(...files),
  fc.array(change, { minLength: 1, maxLength: 4 }),
).map(([file, changes]) => {
  const bytes = [...file];
  for (const change of changes) change(bytes);
  return Uint8Array.from(bytes);
});

Deno.test("decodeOnnx() reads a changed file rightly, or refuses it, naming it", async () => {
  let read = 0;
  await fc.assert(
    fc.asyncProperty(mutated, async (bytes) => {
      let decoded;
      try {
        decoded = decodeOnnx(bytes, { backend, name: "m.onnx" });
      } catch (error) {
        assert(error instanceof SyntaxError || error instanceof UnsupportedOnnxError, `${error}`);
        assert(/^Cannot decode [^]*m\.onnx [^]*as [^]+: found /.test(error.message), error.message);
        assert(error.message.length < 1000, error.message);
        return;
      }
      read++;
      const { model } = decoded;
      const again = decodeOnnx(await encodeOnnx(model), { backend }).model;
      assertEquals(again.toJSON(), model.toJSON());
      const sizes = [model.inputShape, ...model.outputShapes].map(sizeOf);
      if (Math.max(...sizes) > 10_000) return; // too much to run
      await assertPredictsAs(again, model, backend);
    }),
    { numRuns: 2000 },
  );
  assert(read > 0);
});
