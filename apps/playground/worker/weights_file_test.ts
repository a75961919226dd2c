import { Standardizer } from "@gradus/data/standardize";
import { Dense, Sequential } from "@gradus/layers";
import { random } from "@gradus/random";
import { decodeSafetensors, encodeSafetensors } from "@gradus/safetensors";
import { reference } from "@gradus/tensor/reference";
import { assertThrowsExactly } from "@gradus/testing";
import { assertEquals } from "@std/assert";
import { decodeWeights, encodeWeights } from "./weights_file.ts";

const standardizer = new Standardizer({ mean: [1, 2], deviation: [3, 4] });
const name = "file";

function model(seed: number): Sequential {
  const model = new Sequential([new Dense(3)]);
  model.init([2], { backend: reference(), random: random(seed) });
  return model;
}

Deno.test("decodeWeights() takes what encodeWeights() wrote", async () => {
  const bytes = await encodeWeights(model(0), standardizer);
  const other = model(1);
  assertEquals(decodeWeights(bytes, other, { name })?.toJSON(), standardizer.toJSON());
  assertEquals(await encodeWeights(other, standardizer), bytes);
});

Deno.test("decodeWeights() has no standardizer from a file that does not tell of one", async () => {
  const { tensors } = decodeSafetensors(await encodeWeights(model(0), standardizer));
  assertEquals(decodeWeights(encodeSafetensors(tensors), model(1), { name }), null);
});

Deno.test("decodeWeights() refuses a bad standardizer, and changes nothing", async () => {
  const { tensors } = decodeSafetensors(await encodeWeights(model(0), standardizer));
  const other = model(1);
  const before = await encodeWeights(other, standardizer);
  const refuse = (standardizer: string, error: new () => Error, message: string) => {
    const bytes = encodeSafetensors(tensors, { metadata: { standardizer } });
    assertThrowsExactly(() => decodeWeights(bytes, other, { name }), error, message);
  };
  refuse(
    "{",
    SyntaxError,
    'Cannot load file as its metadata "standardizer" must be JSON: found {',
  );
  refuse(
    '{"mean":[0],"deviation":[0]}',
    RangeError,
    "Cannot make a standardizer as deviations must be finite and above 0: found 0 for column 0",
  );
  assertEquals(await encodeWeights(other, standardizer), before);
});
