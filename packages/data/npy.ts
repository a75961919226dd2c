import { checkNdArray } from "./_check_nd_array.ts";
import { type NpyHeader, parseNpyHeader } from "./_npy_header.ts";
import { littleEndianCopy } from "./_read_numbers.ts";
import type { NdArray, NumericArray } from "./nd_array.ts";

/** Options of {@linkcode decodeNpy}. */
export interface DecodeNpyOptions {
  /** The name of the file in messages, `"the npy bytes"` by default. */
  readonly file?: string;
}

const MAGIC = [0x93, ...new TextEncoder().encode("NUMPY")];
const ALIGNMENT = 64;
const LITTLE_ENDIAN = true;

/**
 * Decodes a NumPy `.npy` file of versions 1.0, 2.0 or 3.0.
 *
 * Types: `f4`, `f8`, `i4` and `u1` become the typed array of that name, `i8` becomes `int32` if its
 * values fit; either byte order. Fortran order is transposed to C order. The header is read as the
 * dictionary that NumPy writes and never evaluated.
 *
 * @param bytes The whole file.
 * @param options The name of the file.
 * @returns A new array.
 * @throws {SyntaxError} If the magic, the version or the header is wrong, the type is another
 * (arrays of Python objects among them, which are pickles), a value of `i8` does not fit 32 bits,
 * or the values have fewer or more bytes than the shape asks for. It names the file and the byte.
 *
 * Source: NumPy, `numpy.lib.format`.
 *
 * @example
 * ```ts
 * import { decodeNpy, encodeNpy } from "@gradus/data";
 * import { assertEquals } from "@std/assert";
 *
 * const x = { data: new Float32Array([1, 2, 3, 4, 5, 6]), shape: [2, 3] };
 * assertEquals(decodeNpy(encodeNpy(x), { file: "x.npy" }), x);
 * ```
 */
export function decodeNpy(bytes: Uint8Array, options: DecodeNpyOptions = {}): NdArray {
  const file = options.file ?? "the npy bytes";
  const [begin, end] = findHeader(bytes, file);
  const header = parseNpyHeader(bytes.subarray(begin, end), begin, file);
  const { shape } = header;

  const size = shape.reduce((product, length) => product * length, 1);
  const sizeBytes = size * header.itemBytes;
  if (bytes.length - end !== sizeBytes) {
    throw new SyntaxError(
      `Cannot decode ${file} as ${sizeBytes} bytes of values must follow byte ${end}: ` +
        `found ${bytes.length - end}`,
    );
  }
  const data = readValues(bytes.subarray(end), header, (i, value) => {
    throw new SyntaxError(
      `Cannot decode ${file} as its integers must fit 32 bits: ` +
        `found ${value} at byte ${end + 8 * i}`,
    );
  });
  return { data: header.isFortranOrder ? toCOrder(data, shape) : data, shape };
}

/** Where the header begins and ends. */
function findHeader(bytes: Uint8Array, file: string): [begin: number, end: number] {
  const wrong = MAGIC.findIndex((byte, i) => bytes[i] !== byte);
  if (wrong >= 0) {
    throw new SyntaxError(
      `Cannot decode ${file} as byte ${wrong} must be ${MAGIC[wrong]}, as in \\x93NUMPY: ` +
        `found ${bytes[wrong] ?? "the end"}`,
    );
  }
  const version = bytes[6];
  if (!(version >= 1 && version <= 3) || bytes[7] !== 0) {
    throw new SyntaxError(
      `Cannot decode ${file} as bytes 6 and 7 must be version 1.0, 2.0 or 3.0: ` +
        `found ${bytes.length < 8 ? "the end" : `${version}.${bytes[7]}`}`,
    );
  }
  const begin = version === 1 ? 10 : 12;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < begin) {
    throw new SyntaxError(
      `Cannot decode ${file} as byte 8 must begin the length of the header: found the end`,
    );
  }
  const length = version === 1
    ? view.getUint16(8, LITTLE_ENDIAN)
    : view.getUint32(8, LITTLE_ENDIAN);
  if (bytes.length < begin + length) {
    throw new SyntaxError(
      `Cannot decode ${file} as a header of ${length} bytes must follow byte ${begin}: ` +
        `found ${bytes.length - begin}`,
    );
  }
  return [begin, begin + length];
}

function readValues(
  bytes: Uint8Array,
  header: NpyHeader,
  refuse: (i: number, value: bigint) => never,
): NumericArray {
  const { type, itemBytes, isBigEndian } = header;
  const buffer = littleEndianCopy(bytes, itemBytes, { isBigEndian });
  switch (type) {
    case "f4":
      return new Float32Array(buffer);
    case "f8":
      return new Float64Array(buffer);
    case "i4":
      return new Int32Array(buffer);
    case "u1":
      return new Uint8Array(buffer);
    case "i8": {
      const values = new BigInt64Array(buffer);
      const wide = values.findIndex((value) => value !== BigInt.asIntN(32, value));
      if (wide >= 0) refuse(wide, values[wide]);
      return Int32Array.from(values, Number);
    }
  }
}

/** Transposes values whose first axis varies fastest. */
function toCOrder<T extends NumericArray>(data: T, shape: readonly number[]): T {
  const strides: number[] = [];
  shape.reduce((stride, length, axis) => (strides[axis] = stride) * length, 1);
  const result = data.slice() as T;
  const position = shape.map(() => 0);
  let source = 0;
  for (let i = 0; i < data.length; i++) {
    result[i] = data[source];
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      source += strides[axis];
      if (++position[axis] < shape[axis]) break;
      source -= strides[axis] * shape[axis];
      position[axis] = 0;
    }
  }
  return result;
}

/**
 * Encodes an array as a NumPy `.npy` file: version 1.0, little-endian, in C order.
 *
 * @param x The array.
 * @returns The bytes of the file, of type `<f4`, `<f8`, `<i4` or `|u1`.
 * @throws {TypeError} If the values do not fill the shape.
 *
 * Source: NumPy, `numpy.lib.format`.
 *
 * @example
 * ```ts
 * import { encodeNpy } from "@gradus/data";
 * import { assertEquals } from "@std/assert";
 *
 * const bytes = encodeNpy({ data: new Uint8Array([7, 8]), shape: [2] });
 * assertEquals(bytes.length, 128 + 2);
 * assertEquals(bytes.subarray(128), new Uint8Array([7, 8]));
 * ```
 */
export function encodeNpy(x: NdArray): Uint8Array {
  checkNdArray("encode an array as npy", x);
  const { data, shape } = x;
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
  const record = `{'descr': '${typeOf(data)}', 'fortran_order': False, 'shape': ${tuple}, }`;
  const preamble = MAGIC.length + 4;
  const end = Math.ceil((preamble + record.length + 1) / ALIGNMENT) * ALIGNMENT;

  const bytes = new Uint8Array(end + data.byteLength);
  bytes.set(MAGIC);
  bytes[6] = 1;
  new DataView(bytes.buffer).setUint16(8, end - preamble, LITTLE_ENDIAN);
  const header = `${record.padEnd(end - preamble - 1)}\n`;
  bytes.set(new TextEncoder().encode(header), preamble);
  bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), end);
  return bytes;
}

function typeOf(data: NumericArray): string {
  if (data instanceof Float32Array) return "<f4";
  if (data instanceof Float64Array) return "<f8";
  if (data instanceof Int32Array) return "<i4";
  return "|u1";
}
