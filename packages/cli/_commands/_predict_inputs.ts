import { decodeImagesNpy, decodeNpy, type NdArray, readCsv, stackColumns } from "@gradus/data";
import { formatShape, type Shape } from "@gradus/tensor";
import { UsageError } from "../usage_error.ts";
import { decodeImage, imageSize, type Pixels } from "./_decode_image.ts";
import { explainFile, readFile } from "./_read_file.ts";
import { resize } from "./_resize.ts";

/** Rows to predict, and where they are from. */
export interface PredictInputs {
  /** Bytes of images, or numbers as they are in the file. */
  readonly x: NdArray<Uint8Array | Float32Array>;
  /** The file of each row, where each has its own. */
  readonly files: readonly string[] | null;
}

/** Rows of a file, or of a folder of images, as a model takes them. */
export async function readInputs(
  path: string,
  options: { readonly inputShape: Shape; readonly resized: boolean },
): Promise<PredictInputs> {
  const { readdir, stat } = await import("node:fs/promises");
  const isFolder = await stat(path).then((stats) => stats.isDirectory(), () => false);
  if (isFolder) {
    const names = (await readdir(path)).filter((name) => IMAGE.test(name)).sort();
    if (names.length === 0) {
      throw new UsageError(`Cannot predict ${path} as it must hold PNG or JPEG images: found none`);
    }
    return await readImages(
      names.map((name) => `${path.replace(/(?<=.)\/+$/, "")}/${name}`),
      options,
    );
  }
  if (IMAGE.test(path)) return await readImages([path], options);
  const bytes = await readFile(path);
  const { inputShape } = options;
  const x = await explainFile(() =>
    /\.csv$/i.test(path)
      ? readRows(new TextDecoder().decode(bytes), { file: path, inputShape })
      : inputShape.length === 3
      ? readImagesNpy(bytes, path)
      : toFloat32(decodeNpy(bytes, { file: path }))
  );
  assertShape(x.shape.slice(1), inputShape, path);
  return { x, files: null };
}

const IMAGE = /\.(png|jpe?g)$/i;

async function readImages(
  paths: readonly string[],
  options: { readonly inputShape: Shape; readonly resized: boolean },
): Promise<PredictInputs> {
  const { inputShape, resized } = options;
  if (inputShape.length !== 3) {
    throw new UsageError(
      `Cannot predict images as the model must take some: found that it takes ${
        formatShape(inputShape)
      }`,
    );
  }
  const [height, width, channels] = inputShape as [number, number, number];
  const length = height * width * channels;
  const data = new Uint8Array(paths.length * length);
  for (const [row, path] of paths.entries()) {
    const bytes = await readFile(path);
    const size = imageSize(bytes);
    if (size !== null && !resized && (size.height !== height || size.width !== width)) {
      throw new UsageError(
        `Cannot predict ${path} as images must be ${width} × ${height}, unless --resize is given: found ${size.width} × ${size.height}`,
      );
    }
    const image = await explainFile(() => decodeImage(bytes, path));
    data.set(withChannels(resize(image, { height, width }), channels, path), row * length);
  }
  return { x: { data, shape: [paths.length, ...inputShape] }, files: paths };
}

/** The bytes of an image with as many channels as a model takes. */
function withChannels({ data, channels: own }: Pixels, channels: number, path: string): Uint8Array {
  if (own === channels) return data;
  if (channels === 3) {
    return Uint8Array.from({ length: 3 * data.length }, (_, i) => data[Math.floor(i / 3)]!);
  }
  const isGrey = channels === 1 && data.every((value, i) => value === data[i - i % 3]);
  if (isGrey) return data.filter((_, i) => i % 3 === 0);
  throw new UsageError(
    `Cannot predict ${path} as images must have ${channels} ${
      channels === 1 ? "channel, of grey" : "channels"
    }: found colours`,
  );
}

/** Where a shape leaves open how flat images lie, they lie as in CIFAR-10's own files. */
function readImagesNpy(bytes: Uint8Array, file: string): NdArray<Uint8Array> {
  try {
    return decodeImagesNpy(bytes, { file });
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return decodeImagesNpy(bytes, { file, layout: "channels first" });
  }
}

function toFloat32({ data, shape }: NdArray): NdArray<Float32Array> {
  return { data: Float32Array.from(data), shape };
}

/** The columns of a CSV file that are numbers in its first row, in their order; others are left out. */
async function readRows(
  text: string,
  { file, inputShape }: { readonly file: string; readonly inputShape: Shape },
): Promise<NdArray<Float32Array>> {
  const { parse } = await import("@std/csv/parse");
  let [header, first]: string[][] = [];
  try {
    [header, first] = parse(text.replace(/^\uFEFF/, ""));
  } catch {
    // readCsv says on which line.
  }
  const names = (header ?? []).filter((_, cell) => /^\s*[-+]?\.?\d/.test(first?.[cell] ?? ""));
  const { columns } = readCsv(text, {
    columns: Object.fromEntries(names.map((name) => [name, "number" as const])),
    file,
  });
  if (inputShape.length === 1 && names.length !== inputShape[0]) {
    throw new SyntaxError(
      `Cannot predict ${file} as the model takes ${
        inputShape[0]
      } columns of numbers: found ${names.length} (${names.join(", ").slice(0, 200)})`,
    );
  }
  return stackColumns(names.map((name) => columns[name]!));
}

function assertShape(found: Shape, inputShape: Shape, path: string): void {
  if (`${found}` === `${inputShape}`) return;
  throw new UsageError(
    `Cannot predict ${path} as each row must be ${formatShape(inputShape)}: found ${
      formatShape(found)
    }`,
  );
}
