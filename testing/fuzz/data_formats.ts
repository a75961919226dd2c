import { decodeCifar10 } from "@gradus/data/cifar";
import { decodeIdx } from "@gradus/data/idx";
import { decodeImagesNpy } from "@gradus/data/images-npy";
import type { NdArray } from "@gradus/data/nd-array";
import { decodeNpy, encodeNpy } from "@gradus/data/npy";
import { parseIris } from "@gradus/data/parse-iris";
import { assert, assertEquals } from "@std/assert";
import { bytesOf, fuzzedFormat } from "./fuzzed_format.ts";

/** The values must fill the shape, and the file. */
function checkArray({ data, shape }: NdArray, bytes: Uint8Array): void {
  assertEquals(data.length, shape.reduce((size, length) => size * length, 1));
  assert(data.byteLength <= bytes.length);
}

// npy

function npy(header: string | Uint8Array, values: ArrayLike<number>, version = 1): Uint8Array {
  const { length } = header;
  const text = typeof header === "string" ? bytesOf(header) : header;
  const lengths = version === 1 ? [length & 255, length >> 8] : [length & 255, length >> 8, 0, 0];
  return new Uint8Array([
    ...[0x93, ...bytesOf("NUMPY"), version, 0, ...lengths, ...text],
    ...Array.from(values),
  ]);
}

const record = (descr: string, shape: string, order = "False") =>
  `{'descr': '${descr}', 'fortran_order': ${order}, 'shape': ${shape}, }\n`;

const goodNpy = [
  encodeNpy({ data: new Float32Array([1, -2, 0.5]), shape: [3] }),
  encodeNpy({ data: new Uint8Array(12), shape: [3, 4] }),
  npy(record(">f8", "(1,)"), [0x3f, 0xf0, 0, 0, 0, 0, 0, 0]),
  npy(record("<i4", "(2, 1)", "True"), [1, 0, 0, 0, 2, 0, 0, 0], 2),
  npy(record("<i8", "()"), [7, 0, 0, 0, 0, 0, 0, 0]),
];

const badNpy = {
  empty: new Uint8Array(),
  "of objects": npy(record("|O", "(1,)"), new Uint8Array(8)),
  "of an unknown version": npy(record("<f4", "(1,)"), new Uint8Array(4), 9),
  "of complex numbers": npy(record("<c8", "(1,)"), new Uint8Array(8)),
  "with a wide integer": npy(record("<i8", "(1,)"), [0, 0, 0, 0, 1, 0, 0, 0]),
  truncated: goodNpy[0]!.slice(0, -1),
  "with a tail": new Uint8Array([...goodNpy[0]!, 0]),
  "with a key twice": npy(`{'shape': (1,), ${record("<f4", "(1,)").slice(1)}`, new Uint8Array(4)),
  "with a negative length": npy(record("<f4", "(-1,)"), new Uint8Array(4)),
  "of a length of 2^60": npy(record("<f4", `(${2 ** 60},)`), new Uint8Array(4)),
};

const npyTokens = [
  ...["(", ")", ",", "{", "}", "'", "'descr': ", "'fortran_order': ", "'shape': ", "True", "|O"],
  ...["<f4", ">i8", "|u1", "(0,)", "(4294967296, 4294967296)", "\x93NUMPY", "()", "\n", "        "],
];

export const npyFormat = fuzzedFormat({
  name: "npy",
  ...{ good: goodNpy, bad: badNpy, tokens: npyTokens, file: "x.npy" },
  read: (bytes) => decodeNpy(bytes, { file: "x.npy" }),
  check: checkArray,
});

/** The header alone: what is done to it changes its length too, which would hide all else. */
export const npyHeaderFormat = fuzzedFormat({
  name: "header of npy",
  good: [record("<f4", "(2, 3)"), record(">f8", "(3,)", "True"), record("|u1", "(24,)")].map(
    bytesOf,
  ),
  ...{ bad: {}, tokens: npyTokens, file: "x.npy" },
  read: (bytes) => decodeNpy(npy(bytes, new Uint8Array(24)), { file: "x.npy" }),
  check: ({ data, shape }) =>
    assertEquals(data.length, shape.reduce((size, length) => size * length, 1)),
});

export const imagesNpyFormat = fuzzedFormat({
  name: "npy of images",
  good: [
    encodeNpy({ data: new Uint8Array(12), shape: [1, 2, 2, 3] }),
    encodeNpy({ data: new Float32Array(8), shape: [2, 4] }),
    encodeNpy({ data: new Float64Array(8).fill(255), shape: [2, 1, 2, 2] }),
  ],
  bad: {
    "of flat images in colour": encodeNpy({ data: new Uint8Array(24), shape: [2, 12] }),
    "of fractions": encodeNpy({ data: new Float32Array([0.5]), shape: [1, 1, 1, 1] }),
    "of NaN": encodeNpy({ data: new Float32Array([NaN]), shape: [1, 1, 1, 1] }),
    "without images": encodeNpy({ data: new Uint8Array(), shape: [0, 1, 1, 1] }),
  },
  ...{ tokens: npyTokens, file: "x.npy" },
  read: (bytes) => decodeImagesNpy(bytes, { file: "x.npy" }),
  check: (images, bytes) => {
    checkArray(images, bytes);
    assertEquals(images.shape.length, 4);
  },
});

// IDX

const idx = (type: number, shape: readonly number[], values: ArrayLike<number>) =>
  new Uint8Array([
    ...[0, 0, type, shape.length],
    ...shape.flatMap((length) => [length >>> 24, length >>> 16, length >>> 8, length]),
    ...Array.from(values),
  ]);

async function gzip(bytes: Uint8Array): Promise<Uint8Array> {
  const stream = new Blob([bytes.slice()]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

const images = idx(8, [2, 3, 3], new Uint8Array(18).fill(7));

export const idxFormat = fuzzedFormat({
  name: "IDX",
  good: [images, idx(0x0d, [1], [0x3f, 0x80, 0, 0]), idx(8, [], [5]), await gzip(images)],
  bad: {
    empty: new Uint8Array(),
    "of a wrong magic": new Uint8Array([1, 0, 8, 1, 0, 0, 0, 0]),
    "of an unknown type": idx(7, [1], [0]),
    truncated: images.slice(0, -1),
    "with a tail": new Uint8Array([...images, 0]),
    "of 2^64 values": idx(8, [2 ** 32 - 1, 2 ** 32 - 1], []),
    "of a truncated gzip": (await gzip(images)).slice(0, -5),
    "of a gzip that is larger than its header says": await gzip(
      new Uint8Array([...images, ...new Uint8Array(1e5)]),
    ),
  },
  tokens: ["\x1f\x8b\x08", "\0\0\x08\x03", "\0\0\x0d\x01", "\0\0\0\0", "\0\0\x08\xff"],
  file: "x-idx3-ubyte",
  read: (bytes) => decodeIdx(bytes, { file: "x-idx3-ubyte" }),
  check: ({ data, shape }) =>
    assertEquals(data.length, shape.reduce((size, length) => size * length, 1)),
});

// CIFAR

const cifarRecord = (label: number) => new Uint8Array(3073).fill(label, 0, 1);

export const cifarFormat = fuzzedFormat({
  name: "CIFAR",
  good: [cifarRecord(9), new Uint8Array([...cifarRecord(0), ...cifarRecord(3)])],
  bad: {
    empty: new Uint8Array(),
    truncated: new Uint8Array(3072),
    "of a label that is none": cifarRecord(10),
  },
  ...{ tokens: ["\x09", "\x0a", "\xff"], file: "data_batch_1.bin" },
  read: (bytes) => decodeCifar10(bytes, { file: "data_batch_1.bin" }),
  check: ({ x, y }, bytes) => {
    checkArray(x, bytes);
    assertEquals(x.shape, [bytes.length / 3073, 32, 32, 3]);
    assert(y.data.every((label) => label >= 0 && label <= 9));
  },
});

// CSV

const header = "sepal_length,sepal_width,petal_length,petal_width,species";
const rows = ["5.1,3.5,1.4,0.2,setosa", "7,3.2,4.7,1.4,versicolor", '6.3,3.3,6,2.5,"virginica"'];
const csv = (...lines: readonly string[]) => bytesOf(lines.join("\n"));

export const irisFormat = fuzzedFormat({
  name: "CSV of flowers",
  good: [
    csv(header, ...rows),
    bytesOf(`\uFEFF${[header, ...rows].join("\r\n")}\r\n`),
    csv(`id,${header}`, ...rows.map((row) => `7,${row}`)),
  ],
  bad: {
    empty: new Uint8Array(),
    "with nothing but a header": csv(header),
    "without a header": csv(...rows),
    "with a ragged row": csv(header, "5.1,3.5,1.4,0.2"),
    "with an empty cell": csv(header, "5.1,,1.4,0.2,setosa"),
    "with a cell that is no number": csv(header, "5.1,x,1.4,0.2,setosa"),
    "with infinity": csv(header, "5.1,1e999,1.4,0.2,setosa"),
    "with an unknown label": csv(header, "5.1,3.5,1.4,0.2,rose"),
    "with a column twice": csv(`species,${header}`, "setosa,5.1,3.5,1.4,0.2,setosa"),
    "with an open quote": csv(header, '"5.1,3.5,1.4,0.2,setosa'),
  },
  tokens: [
    ...[",", "\n", "\r", "\r\n", '"', '""', "\uFEFF", "1e999", "NaN", "-", "setosa", "__proto__"],
    ...["species", "\0", "#", ",,,,,,,,"],
  ],
  file: "flowers.csv",
  read: (bytes) => parseIris(new TextDecoder().decode(bytes), { file: "flowers.csv" }),
  check: ({ x, y }) => {
    const [count] = y.shape;
    assert(count! > 0);
    assertEquals([x.shape, x.data.length, y.data.length], [[count, 4], 4 * count!, count]);
    assert(x.data.every((value) => !Number.isNaN(value)));
    assert(y.data.every((label) => label >= 0 && label < 3));
  },
});
