import { ARRAY_TYPES } from "./_array_types.ts";
import { elementCount } from "./_element_count.ts";
import { LENGTH_BYTES, LITTLE_ENDIAN, LONGEST_HEADER_BYTES, METADATA } from "./_format.ts";
import type { Dtype, NamedArray, NumberArray } from "./named_array.ts";

/** What {@linkcode encodeSafetensors} writes beside the arrays. */
export interface EncodeOptions {
  /** Strings by key; none unless given. */
  readonly metadata?: Readonly<Record<string, string>> | ReadonlyMap<string, string>;
}

/**
 * The bytes of a safetensors file with these arrays and metadata.
 *
 * The same content gives the same bytes in whatever order it comes: tensors are sorted by type, the
 * widest first, then by name, metadata by key, and spaces after the header align the data to 8
 * bytes. Without metadata the bytes are those of the official implementation.
 *
 * Source: the format description of safetensors, version 0.8.
 *
 * @param tensors The arrays by name
 * @param options The metadata
 * @returns The whole file, a new array
 * @throws {TypeError} If `data` is not a typed array that its dtype can have, has another number of
 * elements than `shape`, or metadata is not a string
 * @throws {RangeError} If a tensor is named `__metadata__`, a name or a metadata string has a lone
 * surrogate, which UTF-8 cannot express, or the header would exceed 100,000,000 bytes
 *
 * @example Write a file
 * ```ts
 * import { decodeSafetensors, encodeSafetensors } from "@gradus/safetensors";
 * import { assertEquals } from "@std/assert";
 *
 * const bytes = encodeSafetensors({
 *   weight: { shape: [1, 3], data: new Float32Array([1, 2, 3]) },
 *   mask: { shape: [3], data: new Uint8Array([1, 0, 1]), dtype: "BOOL" },
 * });
 *
 * assertEquals([...decodeSafetensors(bytes).tensors.keys()], ["weight", "mask"]);
 * ```
 */
export function encodeSafetensors(
  tensors: Readonly<Record<string, NamedArray>> | ReadonlyMap<string, NamedArray>,
  options: EncodeOptions = {},
): Uint8Array<ArrayBuffer> {
  const sorted = entriesOf(tensors).map(checkTensor).sort(compareTensors);
  const metadata = entriesOf(options.metadata ?? {});
  for (const [key, value] of metadata) checkMetadata(key, value);
  const header = encodeHeader(sorted, metadata.sort(([a], [b]) => compareUtf8(a, b)));

  let byte = LENGTH_BYTES + header.length;
  const sizeBytes = sorted.reduce((size, { data }) => size + data.byteLength, byte);
  const file = new Uint8Array(sizeBytes);
  new DataView(file.buffer).setBigUint64(0, BigInt(header.length), LITTLE_ENDIAN);
  file.set(header, LENGTH_BYTES);
  for (const { data } of sorted) {
    file.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), byte);
    byte += data.byteLength;
  }
  return file;
}

type Tensor = Required<NamedArray> & { readonly name: string };

function entriesOf<T>(record: Readonly<Record<string, T>> | ReadonlyMap<string, T>): [string, T][] {
  return record instanceof Map ? [...record] : Object.entries(record);
}

function checkTensor([name, { shape, data, dtype }]: [string, NamedArray]): Tensor {
  const subject = `tensor ${JSON.stringify(name)}`;
  if (name === METADATA) {
    throw new RangeError(
      `Cannot encode ${subject} as this name must be left to the metadata: found a tensor`,
    );
  }
  checkUnicode(subject, name);
  const checked = checkDtype(subject, { data, dtype });
  if (elementCount(shape) !== data.length) {
    const found = `[${shape.join(", ")}]`;
    throw new TypeError(
      `Cannot encode ${subject} as its shape must fit its ${data.length} elements: found ${found}`,
    );
  }
  return { name, dtype: checked, shape, data };
}

function checkDtype(subject: string, { data, dtype }: Pick<NamedArray, "data" | "dtype">): Dtype {
  const implied = impliedDtype(data);
  if (implied === undefined) {
    throw new TypeError(
      `Cannot encode ${subject} as its data must be a typed array: found ${nameOf(data)}`,
    );
  }
  if (dtype === undefined) return implied;
  const type = ARRAY_TYPES.get(dtype);
  if (type === undefined) {
    const dtypes = ORDER.join(", ");
    throw new TypeError(
      `Cannot encode ${subject} as its dtype must be one of ${dtypes}: found ${dtype}`,
    );
  }
  if (!(data instanceof type)) {
    throw new TypeError(
      `Cannot encode ${subject} as ${dtype} must come in a ${type.name}: found ${nameOf(data)}`,
    );
  }
  return dtype;
}

const ORDER: readonly Dtype[] = [...ARRAY_TYPES.keys()];
const SPACE = 0x20;
const NEVER_IMPLIED: readonly Dtype[] = ["BF16", "F16", "BOOL"];

function impliedDtype(data: NumberArray): Dtype | undefined {
  const dtypes = ORDER.filter((dtype) => !NEVER_IMPLIED.includes(dtype));
  return dtypes.find((dtype) => data instanceof ARRAY_TYPES.get(dtype)!);
}

function nameOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice("[object ".length, -1);
}

function checkMetadata(key: string, value: string): void {
  const subject = `metadata ${JSON.stringify(key)}`;
  if (typeof value !== "string") {
    throw new TypeError(`Cannot encode ${subject} as it must be a string: found ${nameOf(value)}`);
  }
  checkUnicode(subject, key);
  checkUnicode(subject, value);
}

function checkUnicode(subject: string, text: string): void {
  if (!text.isWellFormed()) {
    throw new RangeError(
      `Cannot encode ${subject} as it must be expressible in UTF-8: found a lone surrogate`,
    );
  }
}

function compareTensors(a: Tensor, b: Tensor): number {
  return ORDER.indexOf(a.dtype) - ORDER.indexOf(b.dtype) || compareUtf8(a.name, b.name);
}

/** Compares the bytes of UTF-8, unlike `<`, which compares those of UTF-16. */
function compareUtf8(a: string, b: string): number {
  const left = new TextEncoder().encode(a);
  const right = new TextEncoder().encode(b);
  const index = left.findIndex((byte, index) => byte !== right[index]);
  return index < 0 ? left.length - right.length : left[index] - (right[index] ?? -1);
}

function encodeHeader(tensors: readonly Tensor[], metadata: [string, string][]): Uint8Array {
  const members: string[] = [];
  if (metadata.length > 0) {
    const strings = metadata.map(([key, value]) => encodeMember(key, JSON.stringify(value)));
    members.push(encodeMember(METADATA, `{${strings.join(",")}}`));
  }
  let offset = 0;
  for (const { name, dtype, shape, data } of tensors) {
    const data_offsets = [offset, offset += data.byteLength];
    members.push(encodeMember(name, JSON.stringify({ dtype, shape, data_offsets })));
  }
  const json = new TextEncoder().encode(`{${members.join(",")}}`);
  const header = new Uint8Array(Math.ceil(json.length / 8) * 8).fill(SPACE);
  header.set(json);
  if (header.length > LONGEST_HEADER_BYTES) {
    throw new RangeError(
      `Cannot encode a header as it must have at most ${LONGEST_HEADER_BYTES} bytes: found ${header.length}`,
    );
  }
  return header;
}

/** A member of an object in JSON; as a whole, JSON.stringify would move keys like "0" forward. */
function encodeMember(key: string, json: string): string {
  return `${JSON.stringify(key)}:${json}`;
}
