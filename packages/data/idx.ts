import { littleEndianCopy } from "./_read_numbers.ts";
import type { NdArray, NumericArray } from "./nd_array.ts";

/** Options of {@linkcode decodeIdx}. */
export interface DecodeIdxOptions {
  /** The name of the file in messages, `"the IDX bytes"` by default. */
  readonly file?: string;
}

/** 255 lengths behind the magic. */
const LONGEST_HEADER = 4 + 4 * 255;

interface IdxType {
  readonly bytes: number;
  view(buffer: ArrayBuffer): NumericArray;
}

/** The types that are read, by their code. */
const TYPES = new Map<number, IdxType>([
  [0x08, { bytes: 1, view: (buffer) => new Uint8Array(buffer) }],
  [0x0c, { bytes: 4, view: (buffer) => new Int32Array(buffer) }],
  [0x0d, { bytes: 4, view: (buffer) => new Float32Array(buffer) }],
  [0x0e, { bytes: 8, view: (buffer) => new Float64Array(buffer) }],
]);

/**
 * Decodes an IDX file, the format of MNIST, as it is or compressed with gzip.
 *
 * Its types 8, 12, 13 and 14 become `uint8`, `int32`, `float32` and `float64`.
 *
 * @param bytes The whole file.
 * @param options The name of the file.
 * @returns A new array.
 * @throws {SyntaxError} If the magic is wrong, the type is another, the values have fewer or more
 * bytes than the lengths ask for, or the gzip file is damaged. It names the file and the byte.
 *
 * Source: Y. LeCun, C. Cortes and C. Burges, "The MNIST database of handwritten digits".
 *
 * @example
 * ```ts
 * import { decodeIdx } from "@gradus/data";
 * import { assertEquals } from "@std/assert";
 *
 * const bytes = new Uint8Array([0, 0, 8, 2, 0, 0, 0, 1, 0, 0, 0, 3, 7, 8, 9]);
 * assertEquals(await decodeIdx(bytes), { data: new Uint8Array([7, 8, 9]), shape: [1, 3] });
 * ```
 */
export async function decodeIdx(
  bytes: Uint8Array,
  options: DecodeIdxOptions = {},
): Promise<NdArray> {
  const file = options.file ?? "the IDX bytes";
  const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
  const plain = isGzip ? await gunzip(bytes, file) : bytes;
  const header = readHeader(plain, file);
  checkLength(plain.length, header, file);
  const { begin, shape, type } = header;
  const buffer = littleEndianCopy(plain.subarray(begin), type.bytes, { isBigEndian: true });
  return { data: type.view(buffer), shape };
}

/** What a file begins with. */
interface Header {
  readonly type: IdxType;
  readonly shape: readonly number[];
  /** The byte at which the values begin. */
  readonly begin: number;
}

/** Takes no more than the header announces: a file may be a thousand times as large as its gzip data. */
async function gunzip(bytes: Uint8Array, file: string): Promise<Uint8Array> {
  const reader = pieces(bytes).pipeThrough(new DecompressionStream("gzip")).getReader();
  let [plain, size] = [new Uint8Array(LONGEST_HEADER), 0];
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) {
      if (size + next.value.length > plain.length) {
        const larger = new Uint8Array(Math.max(2 * plain.length, size + next.value.length));
        larger.set(plain);
        plain = larger;
      }
      plain.set(next.value, size);
      size += next.value.length;
      if (size < LONGEST_HEADER) continue;
      checkLength(size, readHeader(plain.subarray(0, size), file), file, { isCut: true });
    }
  } catch (cause) {
    await reader.cancel().catch(() => {});
    if (cause instanceof SyntaxError) throw cause;
    throw new SyntaxError(
      `Cannot decode ${file} as gzip data must be whole: found it truncated, damaged or followed ` +
        `by other bytes`,
      { cause },
    );
  }
  return plain.subarray(0, size);
}

/** Parts of a file so small that none becomes larger than a few times the file. */
function pieces(bytes: Uint8Array): ReadableStream<Uint8Array<ArrayBuffer>> {
  const length = Math.max(64, Math.ceil(bytes.length / 64));
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at < bytes.length) controller.enqueue(new Uint8Array(bytes.subarray(at, at + length)));
      else controller.close();
      at += length;
    },
  });
}

function readHeader(bytes: Uint8Array, file: string): Header {
  if (bytes.length < 4) {
    throw new SyntaxError(
      `Cannot decode ${file} as it must begin with 4 bytes of magic: found ${bytes.length}`,
    );
  }
  const [first, second, code, rank] = bytes;
  if (first !== 0 || second !== 0) {
    throw new SyntaxError(
      `Cannot decode ${file} as bytes 0 and 1 must be 0: found ${first} and ${second}`,
    );
  }
  const type = TYPES.get(code);
  if (type === undefined) {
    throw new SyntaxError(
      `Cannot decode ${file} as byte 2 must be one of the types ${[...TYPES.keys()].join(", ")}: ` +
        `found ${code}`,
    );
  }
  const begin = 4 + 4 * rank;
  if (bytes.length < begin) {
    throw new SyntaxError(
      `Cannot decode ${file} as ${rank} lengths of 4 bytes must follow byte 4: ` +
        `found ${bytes.length - 4} bytes`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  return { type, shape, begin };
}

/** The file must be as long as its header says; of one that is cut, no more is known than it is too long. */
function checkLength(
  length: number,
  { type, shape, begin }: Header,
  file: string,
  { isCut }: { readonly isCut: boolean } = { isCut: false },
): void {
  const sizeBytes = shape.reduce((product, length) => product * length, type.bytes);
  const found = length - begin;
  if (isCut ? found <= sizeBytes : found === sizeBytes) return;
  throw new SyntaxError(
    `Cannot decode ${file} as ${sizeBytes} bytes of values must follow byte ${begin}: ` +
      `found ${isCut ? "more" : found}`,
  );
}
