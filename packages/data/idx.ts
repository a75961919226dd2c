import { littleEndianCopy } from "./_read_numbers.ts";
import type { NdArray, NumericArray } from "./nd_array.ts";

/** Options of {@linkcode decodeIdx}. */
export interface DecodeIdxOptions {
  /** The name of the file in messages, `"the IDX bytes"` by default. */
  readonly file?: string;
}

/** The types that are read, by their code. */
const TYPES = new Map<number, { bytes: number; view(buffer: ArrayBuffer): NumericArray }>([
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
  return decodePlain(isGzip ? await gunzip(bytes, file) : bytes, file);
}

async function gunzip(bytes: Uint8Array, file: string): Promise<Uint8Array> {
  const stream = new Blob([new Uint8Array(bytes)]).stream()
    .pipeThrough(new DecompressionStream("gzip"));
  try {
    return new Uint8Array(await new Response(stream).arrayBuffer());
  } catch (cause) {
    throw new SyntaxError(
      `Cannot decode ${file} as gzip data must be whole: found it truncated, damaged or followed ` +
        `by other bytes`,
      { cause },
    );
  }
}

function decodePlain(bytes: Uint8Array, file: string): NdArray {
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
  const sizeBytes = shape.reduce((product, length) => product * length, type.bytes);
  if (bytes.length - begin !== sizeBytes) {
    throw new SyntaxError(
      `Cannot decode ${file} as ${sizeBytes} bytes of values must follow byte ${begin}: ` +
        `found ${bytes.length - begin}`,
    );
  }
  const buffer = littleEndianCopy(bytes.subarray(begin), type.bytes, { isBigEndian: true });
  return { data: type.view(buffer), shape };
}
