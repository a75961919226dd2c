import { ARRAY_TYPES } from "./_array_types.ts";
import { LENGTH_BYTES, LITTLE_ENDIAN, LONGEST_HEADER_BYTES } from "./_format.ts";
import { readHeader } from "./_header.ts";
import { refuse } from "./_refuse.ts";
import type { NamedArray } from "./named_array.ts";

/** How {@linkcode decodeSafetensors} names the file. */
export interface DecodeOptions {
  /** The name of the file in error messages, "a safetensors file" unless given. */
  readonly name?: string;
}

/** What a safetensors file holds. */
export interface DecodedSafetensors {
  /** The arrays by name, in the order of the header. */
  readonly tensors: Map<string, Required<NamedArray>>;
  /** The strings by key; empty where the file has none. */
  readonly metadata: Map<string, string>;
}

/**
 * The named arrays and metadata in the bytes of a safetensors file.
 *
 * Each array is a copy of its own, aligned and free to be written to; `bytes` may be reused. All
 * copies together are as large as the file's data. `F16` and `BF16` come as their bits and `BOOL`
 * as bytes; the numbers themselves are not looked at. The types of 8 bits or fewer that the format
 * has beside `I8`, `U8` and `BOOL`, and complex numbers, are refused.
 *
 * The reader is strict: what another reader might take in two ways is refused, be it equal keys,
 * bytes that belong to two tensors or to none, or `1.0` for an integer.
 *
 * Source: the format description of safetensors, version 0.8.
 *
 * @param bytes The whole file
 * @param options The name of the file, for messages
 * @returns The arrays and the metadata
 * @throws {SyntaxError} If the file breaks the format; the message names file, tensor and byte
 *
 * @example Read a file
 * ```ts
 * import { decodeSafetensors, encodeSafetensors } from "@gradus/safetensors";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * const bytes = encodeSafetensors({ answer: { shape: [], data: new Int32Array([42]) } });
 * const { tensors } = decodeSafetensors(bytes);
 * assertEquals(tensors.get("answer")?.data[0], 42);
 *
 * assertThrows(
 *   () => decodeSafetensors(bytes.subarray(0, 5), { name: "weights.safetensors" }),
 *   SyntaxError,
 *   "Cannot decode weights.safetensors as it must start with the 8 bytes of a length: " +
 *     "found its end at byte 5",
 * );
 * ```
 */
export function decodeSafetensors(
  bytes: Uint8Array,
  options: DecodeOptions = {},
): DecodedSafetensors {
  const file = options.name ?? "a safetensors file";
  // The slices of this view are copies, while those of a Buffer of Node would not be.
  const view = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const dataByte = LENGTH_BYTES + readHeaderLength(view, file);
  const { entries, metadata } = readHeader({
    text: decodeUtf8(view.slice(LENGTH_BYTES, dataByte), file),
    file,
    startByte: LENGTH_BYTES,
    dataByte,
    sizeBytes: view.length,
  });
  const tensors = new Map<string, Required<NamedArray>>();
  for (const { name, dtype, shape, startByte, endByte } of entries) {
    const data = new (ARRAY_TYPES.get(dtype)!)(view.slice(startByte, endByte).buffer);
    tensors.set(name, { dtype, shape, data });
  }
  return { tensors, metadata };
}

function readHeaderLength(bytes: Uint8Array, file: string): number {
  if (bytes.length < LENGTH_BYTES) {
    refuse(file, {
      requirement: "it must start with the 8 bytes of a length",
      found: "its end",
      byte: bytes.length,
    });
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const length = view.getBigUint64(0, LITTLE_ENDIAN);
  if (length > LONGEST_HEADER_BYTES) {
    refuse(file, {
      requirement: `its header must have at most ${LONGEST_HEADER_BYTES} bytes`,
      found: `${length}`,
      byte: 0,
    });
  }
  if (LENGTH_BYTES + Number(length) > bytes.length) {
    refuse(file, {
      requirement: `it must contain its header of ${length} bytes`,
      found: "its end",
      byte: bytes.length,
    });
  }
  return Number(length);
}

function decodeUtf8(header: Uint8Array, file: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(header);
  } catch {
    const repaired = new TextEncoder().encode(
      new TextDecoder("utf-8", { ignoreBOM: true }).decode(header),
    );
    refuse(file, {
      requirement: "its header must be UTF-8",
      found: "a stray byte",
      byte: LENGTH_BYTES + repaired.findIndex((byte, index) => byte !== header[index]),
    });
  }
}
