import { tensor, transpose } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { assertClose } from "@gradus/testing";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import * as fc from "fast-check";
import { anyModel, assertPredictsAs, startModel } from "./_any_model_test.ts";
import { RECORD_KEY } from "./_format.ts";
import { writeModel } from "./_write_model.ts";
import { decodeOnnx } from "./decode_onnx.ts";
import { encodeOnnx } from "./encode_onnx.ts";
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

/** The file without the settings of its layers: the graph has to tell them. */
function withoutRecord(bytes: Uint8Array): Uint8Array {
  const model = parseOnnx(bytes);
  const metadata = new Map([...model.metadata].filter(([key]) => key !== RECORD_KEY));
  return writeModel({ ...model, metadata });
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
      const bytes = withoutRecord(await encodeOnnx(model));
      await assertPredictsAs(decodeOnnx(bytes, { backend }).model, model, backend);
    }));
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
