import { decodeCifar10 } from "@gradus/data/cifar";
import type { Dataset } from "@gradus/data/dataset";
import { decodeFashionMnist } from "@gradus/data/fashion-mnist";

/** A file that was dropped, read. */
export interface DroppedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Images as bytes, with their labels and the names of these. */
export interface LabelledImages extends Dataset<Int32Array, Uint8Array> {
  readonly classes: readonly string[];
}

/** What the files hold together. */
export interface ImageFiles {
  readonly title: string;
  /** To learn from. */
  readonly training: LabelledImages;
  /** To test with; null where no file is named so. */
  readonly test: LabelledImages | null;
}

/**
 * Reads the files of Fashion-MNIST (IDX, gzip or not) or of CIFAR-10 (binary version, one batch or more).
 *
 * The part `t10k` and the batch `test_batch` are kept to test with, unless there is nothing else.
 *
 * @throws {SyntaxError} If a file is neither, is damaged, or lacks its other half. It names the file.
 */
export async function readFiles(files: readonly DroppedFile[]): Promise<ImageFiles> {
  if (files.length === 0) {
    throw new SyntaxError(`Cannot read files as there must be at least one: found none`);
  }
  for (const { name } of files) {
    if (/\.(tar|tgz|zip)$|\.tar\.\w+$/i.test(name)) {
      throw new SyntaxError(
        `Cannot read ${name} as files must be unpacked first: found an archive`,
      );
    }
  }
  const isCifar = ({ name }: DroppedFile) => /\.bin$/i.test(name);
  if (files.every(isCifar)) return readCifar(files);
  const odd = files.find(isCifar);
  if (odd !== undefined) {
    throw new SyntaxError(
      `Cannot read ${odd.name} as all files must be of one data set: found others beside it`,
    );
  }
  return await readFashionMnist(files);
}

function readCifar(files: readonly DroppedFile[]): ImageFiles {
  const [test, training] = partition(files, ({ name }) => /test/i.test(name));
  const decode = (part: readonly DroppedFile[]) =>
    joinImages(part.map(({ name, bytes }) => decodeCifar10(bytes, { file: name })));
  return inParts("CIFAR-10", { training: decode(training), test: decode(test) });
}

async function readFashionMnist(files: readonly DroppedFile[]): Promise<ImageFiles> {
  const [test, training] = partition(files, ({ name }) => /t10k|test/i.test(name));
  return inParts("Fashion-MNIST", {
    training: await decodePair(training),
    test: await decodePair(test),
  });
}

/** Images and labels of one part; null where neither is there. */
async function decodePair(files: readonly DroppedFile[]): Promise<LabelledImages | null> {
  const [labels, others] = partition(files, ({ name }) => /label|idx1/i.test(name));
  const [images, rest] = partition(others, ({ name }) => /image|idx3/i.test(name));
  for (const file of [...rest, ...images.slice(1), ...labels.slice(1)]) {
    throw new SyntaxError(
      `Cannot read ${file.name} as it must be named like the files of Fashion-MNIST ` +
        `(train-images-idx3-ubyte.gz, train-labels-idx1-ubyte.gz) or of CIFAR-10 ` +
        `(data_batch_1.bin), each once: found another name`,
    );
  }
  const [image, label] = [images[0], labels[0]];
  if (image === undefined && label === undefined) return null;
  if (image === undefined || label === undefined) {
    const [name, missing] = image === undefined ? [label!.name, "images"] : [image.name, "labels"];
    throw new SyntaxError(
      `Cannot read ${name} as its ${missing} must come with it: found no file of ${missing}`,
    );
  }
  return await decodeFashionMnist({
    images: image.bytes,
    labels: label.bytes,
    imagesFile: image.name,
    labelsFile: label.name,
  });
}

function inParts(
  title: string,
  { training, test }: {
    readonly training: LabelledImages | null;
    readonly test: LabelledImages | null;
  },
): ImageFiles {
  return training === null ? { title, training: test!, test: null } : { title, training, test };
}

function joinImages(parts: readonly LabelledImages[]): LabelledImages | null {
  if (parts.length === 0) return null;
  const [{ x, classes }] = parts as [LabelledImages, ...LabelledImages[]];
  const rows = parts.reduce((sum, part) => sum + part.y.data.length, 0);
  const images = new Uint8Array(rows * x.data.length / x.shape[0]!);
  const labels = new Int32Array(rows);
  let row = 0;
  for (const part of parts) {
    images.set(part.x.data, row * x.data.length / x.shape[0]!);
    labels.set(part.y.data, row);
    row += part.y.data.length;
  }
  return {
    x: { data: images, shape: [rows, ...x.shape.slice(1)] },
    y: { data: labels, shape: [rows] },
    classes,
  };
}

function partition<T>(values: readonly T[], holds: (value: T) => boolean): [T[], T[]] {
  return [values.filter(holds), values.filter((value) => !holds(value))];
}
