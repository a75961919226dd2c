import { Dense, Dropout, Relu, Sequential } from "@gradus/layers";
import { encodeOnnx } from "@gradus/onnx";
import { Sgd } from "@gradus/optim";
import { random } from "@gradus/random";
import { encodeSafetensors } from "@gradus/safetensors";
import { reference } from "@gradus/tensor/reference";
import { encodeModel, saveCheckpoint } from "@gradus/train";
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { inFolder } from "@gradus/testing/in-folder";
import { printed } from "../_printed_test.ts";
import { gradus } from "../gradus.ts";
import { UsageError } from "../usage_error.ts";

const model = new Sequential([new Dense(2), new Relu(), new Dropout(0.5), new Dense(3)]);
model.init([4], { backend: reference(), random: random(0) });

/** What `gradus info` prints of a file. */
async function infoOf(bytes: Uint8Array, name: string, ...args: string[]): Promise<string> {
  let text = "";
  await inFolder(async (folder) => {
    await Deno.writeFile(`${folder}/${name}`, bytes);
    const outcome = await printed(() => gradus(["info", ...args, `${folder}/${name}`]));
    assertEquals(outcome.code, 0);
    text = outcome.text.replaceAll(`${folder}/`, "");
  });
  return text;
}

describe("gradus info", () => {
  it("tells layers, tensors and metadata of a model", async () => {
    const bytes = await encodeModel(model);
    const text = await infoOf(bytes, "model.safetensors");
    assertEquals(
      text,
      `model.safetensors: safetensors, ${bytes.length} bytes, 4 tensors with 19 numbers
a model of Gradus: [4] to [3]

layer  type     settings            output  parameters
-----  -------  ------------------  ------  ----------
    0  dense    units 2, bias true  [2]             10
    1  relu                         [2]              0
    2  dropout  rate 0.5            [2]              0
    3  dense    units 3, bias true  [3]              9

tensor    type  shape       size
--------  ----  ------  --------
0.bias    F32   [2]      8 bytes
0.weight  F32   [4, 2]  32 bytes
3.bias    F32   [3]     12 bytes
3.weight  F32   [2, 3]  24 bytes

metadata  value
--------  -------------------------------
format    gradus
numbers   {"2.key":3559777058,"2.step":0}`.replace("KEY", "KEY"),
    );
  });

  it("tells how far a checkpoint is", async () => {
    await inFolder(async (folder) => {
      const optimizer = new Sgd(model.parameters, { learningRate: 0.1, momentum: 0.9 });
      await saveCheckpoint({ model, optimizer, epoch: 3 }, `${folder}/c.safetensors`);
      const { text } = await printed(() => gradus(["info", `${folder}/c.safetensors`]));
      assertStringIncludes(text, "\na checkpoint of 3 epochs: optimizer sgd after 0 steps\n");
      assertStringIncludes(text, "\noptimizer.0.bias.velocity    F32   [2]");
    });
  });

  it("tells inputs, outputs, operators and weights of a file of ONNX", async () => {
    const bytes = await encodeOnnx(model, { softmax: true });
    const text = await infoOf(bytes, "model.onnx");
    assertStringIncludes(text, "\nfile version 8, operators 17, by Gradus 0.1.0\n");
    assertStringIncludes(text, "\ninput float [batch, 4] to output float [batch, 3]\n");
    assertStringIncludes(text, "\nGemm          2\n");
    assertStringIncludes(text, "\n0.weight  float");
    // Told by its first bytes, whatever its name is.
    assertStringIncludes(await infoOf(bytes, "model.bin"), "model.bin: ONNX, ");
  });

  it("gives one object of all that", async () => {
    const bytes = await encodeModel(model);
    const { file, sizeBytes, format, tensors, layers } = JSON.parse(
      await infoOf(bytes, "model.safetensors", "--json"),
    );
    assertEquals([file, sizeBytes, format], ["model.safetensors", bytes.length, "safetensors"]);
    assertEquals(tensors[1], { name: "0.weight", dtype: "F32", shape: [4, 2], sizeBytes: 32 });
    assertEquals(layers[2], ["1", "relu", "", "[2]", "0"]);
  });

  it("takes the model in the folder of a run", async () => {
    await inFolder(async (folder) => {
      await Deno.writeFile(`${folder}/model.safetensors`, await encodeModel(model));
      const { text } = await printed(() => gradus(["info", `${folder}/`]));
      assertStringIncludes(text, `${folder}/model.safetensors: safetensors, `);
    });
  });

  it("shows names that would move the cursor as text, and records that are none", async () => {
    const escape = "\x1b[2J\u202ename";
    const array = { shape: [1], data: new Float32Array(1) };
    const text = await infoOf(
      encodeSafetensors({ [escape]: array }, {
        metadata: { model: '{"type":"\x1b[31m"}', checkpoint: "{", "a\nb": "x".repeat(200) },
      }),
      "x.safetensors",
    );
    // deno-lint-ignore no-control-regex
    assertEquals(text.match(/[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]/), null);
    assertStringIncludes(text, '"\\u001b[2J\\u202ename"');
    assertStringIncludes(text, "\na model of Gradus that cannot be made: ");
    assertStringIncludes(text, "\na checkpoint that cannot be read\n");
    assertStringIncludes(text, `${"x".repeat(80)}…`);
  });

  it("refuses what is no such file, naming it and the byte", async () => {
    for (
      const [name, bytes, message] of [
        ["x.bin", [1, 2], "as it must start with the 8 bytes of a length: found its end at byte 2"],
        ["x.onnx", [], "as it must have a graph: found none at byte 0"],
      ] as const
    ) {
      await inFolder(async (folder) => {
        await Deno.writeFile(`${folder}/${name}`, new Uint8Array(bytes));
        const run = () => gradus(["info", `${folder}/${name}`]);
        const error = await assertRejects(run, UsageError);
        assertEquals(error.message.slice(0, 400), `Cannot decode ${folder}/${name} ${message}`);
      });
    }
  });
});
