import { switchFlag } from "../flag.ts";
import { helpText, parseOperands } from "../parse_flags.ts";
import { textTable } from "../text_table.ts";
import { plain, sizeText } from "./_plain.ts";
import { explainFile, readFile } from "./_read_file.ts";

const FLAGS = {
  json: switchFlag({ description: "print one JSON object" }),
  help: switchFlag({ description: "show this help" }),
};

/** What a file holds, in the words of its format. */
export interface FileInfo {
  readonly format: "safetensors" | "ONNX";
  /** What it is beside a file of its format: a model, a checkpoint. */
  readonly what: readonly string[];
  readonly tensors: readonly {
    readonly name: string;
    readonly dtype: string;
    readonly shape: readonly number[];
    readonly sizeBytes: number;
  }[];
  readonly metadata: Readonly<Record<string, string>>;
  /** The layers of a model of Gradus, or the operators of a graph. */
  readonly layers: readonly (readonly string[])[];
}

/** `gradus info`: what is in a file. */
export async function run(args: readonly string[]): Promise<number> {
  const { flags, operands } = parseOperands(args, FLAGS, { name: "FILE", atLeast: 1, atMost: 1 });
  if (flags.help) {
    console.log(helpText(FLAGS, {
      command: "gradus info FILE",
      purpose:
        "Tells what is in a file of safetensors (weights, a model, a checkpoint) or of ONNX.",
      note: "Of a folder of a run, FILE is model.safetensors in it.",
    }));
    return 0;
  }
  const path = await modelIn(operands[0]!);
  const bytes = await readFile(path);
  const info = await explainFile(() => infoOf(bytes, path));
  console.log(
    flags.json
      ? JSON.stringify({ file: path, sizeBytes: bytes.length, ...info })
      : textOf(info, path, bytes.length),
  );
  return 0;
}

async function modelIn(path: string): Promise<string> {
  const { stat } = await import("node:fs/promises");
  const isFolder = await stat(path).then((stats) => stats.isDirectory(), () => false);
  return isFolder ? `${path.replace(/(?<=.)\/+$/, "")}/model.safetensors` : path;
}

/** A header of safetensors is a JSON object behind eight bytes of its length; ONNX has no mark of its own. */
async function infoOf(bytes: Uint8Array, path: string): Promise<FileInfo> {
  const isOnnx = path.endsWith(".onnx") || (bytes[0] === 0x08 && bytes[8] !== 0x7b);
  if (isOnnx) return (await import("./_onnx_info.ts")).onnxInfo(bytes, path);
  return (await import("./_safetensors_info.ts")).safetensorsInfo(bytes, path);
}

function textOf(info: FileInfo, path: string, sizeBytes: number): string {
  const { format, what, tensors, metadata, layers } = info;
  const numbers = tensors.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  const keys = Object.entries(metadata);
  return [
    `${plain(path, 500)}: ${format}, ${sizeText(sizeBytes)}, ${tensors.length} tensors with ${
      numbers.toLocaleString("en-US")
    } numbers`,
    ...what,
    ...layers.length === 0 ? [] : ["", textTable(layers[0]!, layers.slice(1))],
    ...tensors.length === 0 ? [] : [
      "",
      textTable(
        ["tensor", "type", "shape", "size"],
        tensors.map(({ name, dtype, shape, sizeBytes }) => [
          ...[plain(name), dtype, `[${shape.join(", ")}]`, sizeText(sizeBytes)],
        ]),
        { text: [0] },
      ),
    ],
    ...keys.length === 0 ? [] : [
      "",
      textTable(["metadata", "value"], keys.map(([key, value]) => [plain(key), plain(value, 80)]), {
        text: [0, 1],
      }),
    ],
  ].join("\n");
}
