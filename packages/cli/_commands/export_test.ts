import { Arctan, Conv2d, Dense, Flatten, Softmax } from "@gradus/layers";
import { importLayersModel } from "@gradus/layers-model";
import { decodeOnnx, parseOnnx } from "@gradus/onnx";
import { decodeSafetensors } from "@gradus/safetensors";
import { reference } from "@gradus/tensor/reference";
import { exportTorch } from "@gradus/torch";
import { encodeModel, saveCheckpoint } from "@gradus/train";
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { inFolder } from "@gradus/testing/in-folder";
import { beginIris } from "@gradus/testing/iris-training";
import { printed } from "../_printed_test.ts";
import { gradus } from "../gradus.ts";
import { UsageError } from "../usage_error.ts";
import { writeRun } from "./_run_folder_test.ts";

const backend = reference();

async function refuses(args: string[], message: string): Promise<void> {
  const error = await assertRejects(() => gradus(["export", ...args]), UsageError);
  assertEquals(error.message, message);
}

const layers = () => [new Conv2d(2, { kernel: 2 }), new Flatten(), new Dense(3)];

describe("gradus export", () => {
  it("writes what each of the others reads, into a folder of the run or another", async () => {
    await inFolder(async (root) => {
      const { run: { folder }, model } = await writeRun(root, {
        ...{ layers: layers(), inputShape: [3, 3, 1] },
      });
      const bytes = await encodeModel(model!);
      const torch = await printed(() =>
        gradus(["export", "--to", "torch", "--model", `${folder}/`])
      );
      assertEquals(torch, {
        code: 0,
        text: `${folder}/torch/model.safetensors\n${folder}/torch/model.py`,
      });
      const { tensors } = decodeSafetensors(
        await Deno.readFile(`${folder}/torch/model.safetensors`),
      );
      assertEquals(tensors.get("0.weight")!.shape, [2, 1, 2, 2]);
      assertStringIncludes(await Deno.readTextFile(`${folder}/torch/model.py`), "nn.Conv2d(1, 2,");

      const out = `${root}/elsewhere/onnx`;
      await printed(() => gradus(["export", "--to", "onnx", "--model", folder, "--out", out]));
      const onnx = decodeOnnx(await Deno.readFile(`${out}/model.onnx`), { backend });
      assertEquals(await encodeModel(onnx.model), bytes);

      const { text } = await printed(() => gradus(["export", "--to", "tfjs", "--model", folder]));
      const names = text.split("\n").map((path) => path.slice(path.lastIndexOf("/") + 1));
      const files = new Map(
        names.map((name) => [name, Deno.readFileSync(`${folder}/tfjs/${name}`)]),
      );
      assertEquals(await encodeModel(importLayersModel(files, { backend })), bytes);
    });
  });

  it("writes the training for PyTorch of a run that is done or was stopped", async () => {
    await inFolder(async (folder) => {
      const { record, model, optimizer } = beginIris();
      await Deno.writeTextFile(`${folder}/training.json`, JSON.stringify(record));
      const args = ["export", "--to", "torch", "--model", folder];
      await refuses(
        args.slice(1),
        `Cannot export ${folder} as it must hold what a whole epoch leaves: found no checkpoint.safetensors`,
      );
      await saveCheckpoint({ model, optimizer, epoch: 0 }, `${folder}/checkpoint.safetensors`);
      const { text } = await printed(() => gradus(args));
      const names = text.split("\n").map((path) => path.slice(path.lastIndexOf("/") + 1));
      const files = await exportTorch({ model, training: { record, optimizer } });
      assertEquals(names, [...files.keys()]);
      for (const [name, contents] of files) {
        const bytes = typeof contents === "string" ? new TextEncoder().encode(contents) : contents;
        assertEquals(await Deno.readFile(`${folder}/torch/${name}`), bytes, name);
      }
    });
  });

  it("gives probabilities in ONNX where it is asked to", async () => {
    await inFolder(async (root) => {
      const { run: { folder } } = await writeRun(root, { layers: [new Dense(2)], inputShape: [3] });
      const args = ["export", "--to", "onnx", "--model", folder];
      await printed(() => gradus([...args, "--softmax"]));
      const { graph } = parseOnnx(await Deno.readFile(`${folder}/onnx/model.onnx`));
      assertEquals(graph.nodes.map(({ operator }) => operator), ["Gemm", "Softmax"]);
    });
  });

  it("refuses what it cannot do, in one line", async () => {
    await inFolder(async (root) => {
      await refuses([], "Cannot export as --to must be given: found none");
      await refuses(["--to", "torch"], "Cannot export as --model must be given: found none");
      await refuses(
        ["--to", "pickle"],
        "Cannot use --to as it must be one of torch, onnx, tfjs: found pickle",
      );
      await refuses(
        ["--to", "torch", "--model", root, "--softmax"],
        "Cannot use --softmax as --to must be onnx: found torch",
      );
      await refuses(
        ["--to", "torch", "--model", root],
        `Cannot export ${root} as it must hold what training leaves at its end: found no model.safetensors`,
      );
      const arctan = await writeRun(root, {
        layers: [new Arctan(), new Dense(2)],
        inputShape: [3],
      });
      const error = await assertRejects(
        () => gradus(["export", "--to", "tfjs", "--model", arctan.run.folder]),
        UsageError,
      );
      assertStringIncludes(error.message, "arctan");
      const softmax = await writeRun(root, {
        layers: [new Dense(2), new Softmax()],
        inputShape: [3],
      });
      await assertRejects(
        () => gradus(["export", "--to", "onnx", "--softmax", "--model", softmax.run.folder]),
        UsageError,
        "softmax",
      );
    });
  });
});
