import type { Backend } from "@gradus/tensor";
import type { Contents } from "@gradus/train/whole-file";
import { choiceFlag, switchFlag, textFlag } from "../flag.ts";
import { openBackend } from "../open_backend.ts";
import { helpText, parseFlags } from "../parse_flags.ts";
import { openRunModel } from "../run_model.ts";
import { UsageError } from "../usage_error.ts";
import { writeFiles } from "./_write_files.ts";

const TARGETS = ["torch", "onnx", "tfjs"] as const;

const FLAGS = {
  to: choiceFlag({ description: "for what", fallback: null, choices: TARGETS }),
  model: textFlag({
    description: "folder of a run, with its model.safetensors",
    fallback: null,
    placeholder: "DIR",
  }),
  out: textFlag({
    description: "folder for the files (default: torch, onnx or tfjs in that of the run)",
    fallback: null,
    placeholder: "DIR",
  }),
  softmax: switchFlag({ description: "of onnx: give probabilities in place of logits" }),
  help: switchFlag({ description: "show this help" }),
};

/** `gradus export`: a model for elsewhere. */
export async function run(args: readonly string[]): Promise<number> {
  const { to, model: folder, out, softmax, help } = parseFlags(args, FLAGS);
  if (help) {
    console.log(helpText(FLAGS, {
      command: "gradus export --to torch|onnx|tfjs --model DIR",
      purpose: "Writes a trained model for PyTorch, ONNX or TensorFlow.js.",
      note:
        "torch: model.safetensors in PyTorch's names and layouts, and model.py, which loads it; of a run " +
        "that trained on files, done or stopped, training.safetensors and train_ddp.py too, which goes on by " +
        "torchrun. onnx: model.onnx. tfjs: model.json and its weights, for tf.loadLayersModel.",
    }));
    return 0;
  }
  const missing = to === null ? "--to" : folder === null ? "--model" : null;
  if (to === null || folder === null) {
    throw new UsageError(`Cannot export as ${missing} must be given: found none`);
  }
  if (softmax && to !== "onnx") {
    throw new UsageError(`Cannot use --softmax as --to must be onnx: found ${to}`);
  }
  const files = await explain(() => filesFor(to, folder, { softmax }));
  const target = out ?? `${folder.replace(/(?<=.)\/+$/, "")}/${to}`;
  await writeFiles(target, files);
  for (const name of files.keys()) console.log(`${target}/${name}`);
  return 0;
}

async function filesFor(
  to: typeof TARGETS[number],
  folder: string,
  { softmax }: { readonly softmax: boolean },
): Promise<ReadonlyMap<string, Contents>> {
  // It needs no closing.
  const run = { backend: await openBackend("reference"), verb: "export" };
  switch (to) {
    case "torch":
      return await filesForTorch(folder, run);
    case "onnx": {
      const { encodeOnnx } = await import("@gradus/onnx/encode-onnx");
      const bytes = await encodeOnnx(await openRunModel(folder, run), { softmax });
      return new Map([["model.onnx", bytes]]);
    }
    case "tfjs": {
      const { exportLayersModel } = await import("@gradus/layers-model/export-layers-model");
      return await exportLayersModel({ model: await openRunModel(folder, run) });
    }
  }
}

/** With the training, as far as it is, where the run says what it is. */
async function filesForTorch(
  folder: string,
  run: { readonly backend: Backend; readonly verb: string },
): Promise<ReadonlyMap<string, Contents>> {
  const { exportTorch } = await import("@gradus/torch/export-torch");
  const { hasTraining, openRunTraining } = await import("../run_training.ts");
  if (!await hasTraining(folder)) return exportTorch({ model: await openRunModel(folder, run) });
  const model = await openRunModel(folder, { ...run, file: "checkpoint.safetensors" });
  const training = await openRunTraining(folder, { ...run, model });
  return await exportTorch({ model, training: training! });
}

/** A layer that the other side does not have is told in one line. */
async function explain<Result>(run: () => Promise<Result>): Promise<Result> {
  try {
    return await run();
  } catch (cause) {
    throw cause instanceof TypeError ? new UsageError(cause.message, { cause }) : cause;
  }
}
