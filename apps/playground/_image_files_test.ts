import { Buffer } from "node:buffer";
import { type Random, random } from "@gradus/random";

/** A file as Playwright hands it to a page. */
export interface NamedFile {
  readonly name: string;
  readonly mimeType: string;
  readonly buffer: Buffer;
}

/** Images of 28 × 28 noise with a bright bar across, whose place is the label: easy to learn. */
export function fashionFiles(part: "train" | "t10k", rows: number): Promise<NamedFile[]> {
  const stream = random(rows);
  const labels = Uint8Array.from({ length: rows }, (_, row) => row % 10);
  const images = new Uint8Array(rows * 784);
  labels.forEach((label, row) =>
    drawBar(images.subarray(784 * row, 784 * (row + 1)), label, stream)
  );
  return Promise.all([
    gzipped(`${part}-images-idx3-ubyte.gz`, idx([rows, 28, 28], images)),
    gzipped(`${part}-labels-idx1-ubyte.gz`, idx([rows], labels)),
  ]);
}

/** Records of CIFAR-10, whose colour is the label. */
export function cifarFile(name: string, rows: number): NamedFile {
  const stream = random(rows);
  const bytes = new Uint8Array(3073 * rows);
  for (let row = 0; row < rows; row++) {
    const record = bytes.subarray(3073 * row, 3073 * (row + 1));
    const label = record[0] = row % 10;
    for (let i = 0; i < 3072; i++) {
      const plane = Math.floor(i / 1024);
      record[1 + i] = 20 * ((label * (plane + 1)) % 10) + stream.integer(40);
    }
  }
  return named(name, bytes);
}

/** A file with a name. */
export function named(name: string, bytes: Uint8Array): NamedFile {
  return { name, mimeType: "application/octet-stream", buffer: Buffer.from(bytes) };
}

function drawBar(image: Uint8Array, label: number, stream: Random): void {
  for (let i = 0; i < image.length; i++) image[i] = stream.integer(80);
  image.fill(250, 28 * (2 * label + 4), 28 * (2 * label + 6));
}

function idx(shape: readonly number[], values: Uint8Array): Uint8Array {
  const header = new DataView(new ArrayBuffer(4 + 4 * shape.length));
  header.setUint32(0, 0x0800 + shape.length);
  shape.forEach((length, axis) => header.setUint32(4 + 4 * axis, length));
  const bytes = new Uint8Array(header.byteLength + values.length);
  bytes.set(new Uint8Array(header.buffer));
  bytes.set(values, header.byteLength);
  return bytes;
}

async function gzipped(name: string, bytes: Uint8Array): Promise<NamedFile> {
  const stream = new Blob([new Uint8Array(bytes)]).stream()
    .pipeThrough(new CompressionStream("gzip"));
  return named(name, new Uint8Array(await new Response(stream).arrayBuffer()));
}
