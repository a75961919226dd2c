import {
  Batches,
  type ChannelStatistics,
  ImageBatches,
  type NdArray,
  standardizerFromJson,
} from "@gradus/data";
import { Sequential } from "@gradus/layers";
import { type Classified, classify } from "../classify.ts";
import { type Config, readConfig } from "../config_file.ts";
import { choiceFlag, integerFlag, switchFlag, textFlag } from "../flag.ts";
import { BACKENDS, openBackend } from "../open_backend.ts";
import { helpText, parseFlags } from "../parse_flags.ts";
import { openRunModel } from "../run_model.ts";
import { UsageError } from "../usage_error.ts";
import { type PredictInputs, readInputs } from "./_predict_inputs.ts";
import { explainFile, readFile } from "./_read_file.ts";
import { writeFiles } from "./_write_files.ts";

const FLAGS = {
  model: textFlag({
    description: "folder of a run, with its model.safetensors",
    fallback: null,
    placeholder: "DIR",
  }),
  input: textFlag({
    description: "PNG or JPEG image, folder of such images, .npy, or .csv",
    fallback: null,
    placeholder: "PATH",
  }),
  out: textFlag({
    description: "file for the predictions (default: they are printed)",
    fallback: null,
    placeholder: "FILE.csv",
  }),
  names: switchFlag({ description: "add a column with the names of the classes" }),
  probabilities: switchFlag({ description: "add a column for the probability of each class" }),
  resize: switchFlag({ description: "change images of another size to that of the model's" }),
  mirrored: switchFlag({ description: "take the mean with mirror images" }),
  shift: integerFlag({
    description: "take the mean with images that are moved by N pixels",
    fallback: 0,
    atLeast: 0,
  }),
  backend: choiceFlag({ description: "what computes", fallback: BACKENDS[0], choices: BACKENDS }),
  help: switchFlag({ description: "show this help" }),
};

/** Rows that run at once. */
const BATCH = 256;

/** `gradus predict`: classes of images or rows. */
export async function run(args: readonly string[]): Promise<number> {
  const flags = parseFlags(args, FLAGS);
  if (flags.help) {
    console.log(helpText(FLAGS, {
      command: "gradus predict --model DIR --input PATH",
      purpose: "Predicts the class of each image or row, as CSV.",
      note:
        "The columns are Id, from 1, Category, the number of the class, and File for images of a folder. " +
        "Images and rows are standardised as those that the model was trained on.",
    }));
    return 0;
  }
  const { model: folder, input, out } = flags;
  const missing = folder === null ? "--model" : "--input";
  if (folder === null || input === null) {
    throw new UsageError(`Cannot predict as ${missing} must be given: found none`);
  }
  const config = await readConfig(folder, { verb: "predict with" });
  const backend = await openBackend(flags.backend);
  try {
    const model = await openRunModel(folder, { backend, verb: "predict with" });
    const { inputShape } = model;
    const { mirrored, shift } = flags;
    if ((mirrored || shift > 0) && inputShape.length !== 3) {
      throw new UsageError(
        `Cannot use --${mirrored ? "mirrored" : "shift"} as the model must take images: found rows`,
      );
    }
    if (shift > 0 && shift >= Math.min(...inputShape.slice(0, 2))) {
      throw new UsageError(
        `Cannot use --shift as it must be below the sides of images, ${
          inputShape.slice(0, 2).join(" × ")
        }: found ${shift}`,
      );
    }
    const inputs = await readInputs(input, { inputShape, resized: flags.resize });
    const batches = await batchesOf(inputs.x, { folder, config });
    const classified = await explainFile(() =>
      classify({ model: withoutSoftmax(model), batches, backend, mirrored, shift })
    );
    const classes = classNames(config, classified.classes);
    const text = await csvOf(inputs, classified, { classes, ...flags });
    if (out === null) console.log(text.trimEnd());
    else await writeFile(out, text);
    return 0;
  } finally {
    await backend.close();
  }
}

/** Rows as the model was trained on them. */
async function batchesOf(
  x: PredictInputs["x"],
  { folder, config }: { readonly folder: string; readonly config: Config },
): Promise<Batches | ImageBatches> {
  const rows = x.shape[0]!;
  const y = { data: new Int32Array(rows), shape: [rows] };
  const size = BATCH;
  if (x.data instanceof Uint8Array) {
    const statistics = statisticsOf(config, folder);
    const images = { data: x.data, shape: x.shape };
    return await explainFile(() => new ImageBatches({ x: images, y }, { size, statistics }));
  }
  const numbers: NdArray<Float32Array> = { data: x.data, shape: x.shape };
  return new Batches({ x: await standardized(numbers, folder), y }, { size });
}

/** Means and deviations of the images that the model was trained on. */
function statisticsOf(config: Config, folder: string): ChannelStatistics {
  try {
    return standardizerFromJson(config["statistics"]);
  } catch (cause) {
    throw new UsageError(
      `Cannot predict images with ${folder} as the statistics in its config.json must be means and deviations: found ${
        JSON.stringify(config["statistics"])?.slice(0, 80)
      }`,
      { cause },
    );
  }
}

/** Standardised by the `standardizer.json` of the run, if there is one. */
async function standardized(
  x: NdArray<Float32Array>,
  folder: string,
): Promise<NdArray<Float32Array>> {
  const path = `${folder}/standardizer.json`;
  const { stat } = await import("node:fs/promises");
  if (!await stat(path).then(() => true, () => false)) return x;
  const bytes = await readFile(path);
  return await explainFile(() => standardizerFromJson(parseJson(bytes, path)).transform(x));
}

function parseJson(bytes: Uint8Array, path: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new SyntaxError(`Cannot read ${path} as it must be JSON: found something else`, {
      cause,
    });
  }
}

/** What gives logits: probabilities are made of them here. */
function withoutSoftmax(model: Sequential): Sequential {
  const { layers } = model;
  const endsInSoftmax = model.toJSON().layers.at(-1)!.type === "softmax";
  return endsInSoftmax && layers.length > 1 ? new Sequential(layers.slice(0, -1)) : model;
}

function classNames(config: Config, count: number): readonly string[] {
  const { classes } = config;
  const areNames = Array.isArray(classes) && classes.length === count &&
    classes.every((name) => typeof name === "string");
  return areNames ? classes : Array.from({ length: count }, (_, place) => `${place}`);
}

async function csvOf(
  { files }: PredictInputs,
  { predictions, probabilities, classes: count }: Classified,
  options: {
    readonly classes: readonly string[];
    readonly names: boolean;
    readonly probabilities: boolean;
  },
): Promise<string> {
  const { stringify } = await import("@std/csv/stringify");
  const { classes, names } = options;
  const columns = [
    ...["Id", "Category"],
    ...files === null ? [] : ["File"],
    ...names ? ["Class"] : [],
    ...options.probabilities ? classes.map((name) => `Probability of ${name}`) : [],
  ];
  const rows = Array.from(predictions, (category, row) => [
    ...[row + 1, category],
    ...files === null ? [] : [files[row]!],
    ...names ? [classes[category]!] : [],
    ...options.probabilities ? probabilities.subarray(row * count, (row + 1) * count) : [],
  ]);
  return stringify([columns, ...rows]);
}

async function writeFile(path: string, text: string): Promise<void> {
  const slash = path.lastIndexOf("/");
  await writeFiles(
    slash < 0 ? "." : path.slice(0, slash),
    new Map([[path.slice(slash + 1), text]]),
  );
}
