import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { decodeSafetensors } from "./decode_safetensors.ts";
import { encodeSafetensors } from "./encode_safetensors.ts";
import type { Dtype, NamedArray, NumberArray } from "./named_array.ts";

describe("encodeSafetensors()", () => {
  it("writes length, header, spaces and data, as the format description says", () => {
    const bytes = encodeSafetensors({
      b: { shape: [2], data: new Uint8Array([7, 8]) },
      a: { shape: [], data: new Float32Array([1]) },
    });
    const header = '{"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]},' +
      '"b":{"dtype":"U8","shape":[2],"data_offsets":[4,6]}}';
    assertEquals(header.length, 105);
    assertEquals(
      bytes,
      new Uint8Array([
        112,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        ...utf8(header),
        ...utf8("       "),
        0,
        0,
        128,
        63,
        7,
        8,
      ]),
    );
  });

  it("pads the header with spaces to 8 bytes", () => {
    assertEquals(
      encodeSafetensors({}),
      new Uint8Array([8, 0, 0, 0, 0, 0, 0, 0, ...utf8("{}      ")]),
    );
  });

  it("writes the bytes that the official implementation does", () => {
    // safetensors 0.8.0, numpy 2.4.6
    //
    // import numpy as np
    // from safetensors.numpy import save
    // def f(*shape, t): return np.arange(np.prod(shape, dtype=int), dtype=t).reshape(shape)
    // b = save({
    //   "0.weight": f(2, 3, t="float32"), "10": f(1, t="float32"), "2": f(1, t="float32"),
    //   "scalar": np.array(0.5, "float64"), "labels": f(3, t="int32"),
    //   "empty": f(0, 4, t="uint8"), "flags": np.array([True, False, True]),
    //   "half": np.array([1, -2], "float16"), "i8": f(2, t="int8"), "i16": f(2, t="int16"),
    //   "u16": f(2, t="uint16"), "u32": f(2, t="uint32"), "i64": f(2, t="int64"),
    //   "u64": f(2, t="uint64"), "\u00e9\n\"\\\u007f\u0001": f(1, t="uint8"),
    //   "\U0001f600": f(1, t="uint8"), "\uff5e": f(1, t="uint8"),
    // })
    // print(b[8:1016].decode(), b[1016:].hex())
    const header = '{"u64":{"dtype":"U64","shape":[2],"data_offsets":[0,16]},' +
      '"i64":{"dtype":"I64","shape":[2],"data_offsets":[16,32]},' +
      '"scalar":{"dtype":"F64","shape":[],"data_offsets":[32,40]},' +
      '"0.weight":{"dtype":"F32","shape":[2,3],"data_offsets":[40,64]},' +
      '"10":{"dtype":"F32","shape":[1],"data_offsets":[64,68]},' +
      '"2":{"dtype":"F32","shape":[1],"data_offsets":[68,72]},' +
      '"u32":{"dtype":"U32","shape":[2],"data_offsets":[72,80]},' +
      '"labels":{"dtype":"I32","shape":[3],"data_offsets":[80,92]},' +
      '"half":{"dtype":"F16","shape":[2],"data_offsets":[92,96]},' +
      '"u16":{"dtype":"U16","shape":[2],"data_offsets":[96,100]},' +
      '"i16":{"dtype":"I16","shape":[2],"data_offsets":[100,104]},' +
      '"i8":{"dtype":"I8","shape":[2],"data_offsets":[104,106]},' +
      '"empty":{"dtype":"U8","shape":[0,4],"data_offsets":[106,106]},' +
      '"é\\n\\"\\\\\u007f\\u0001":{"dtype":"U8","shape":[1],"data_offsets":[106,107]},' +
      '"～":{"dtype":"U8","shape":[1],"data_offsets":[107,108]},' +
      '"😀":{"dtype":"U8","shape":[1],"data_offsets":[108,109]},' +
      '"flags":{"dtype":"BOOL","shape":[3],"data_offsets":[109,112]}}';
    const data = "00000000000000000100000000000000" + // u64
      "00000000000000000100000000000000" + // i64
      "000000000000e03f" + // scalar
      "000000000000803f0000004000004040000080400000a040" + // 0.weight
      "0000000000000000" + // 10, 2
      "0000000001000000" + // u32
      "000000000100000002000000" + // labels
      "003c00c0" + "00000100" + "00000100" + "0001" + // half, u16, i16, i8
      "000000010001"; // é…, ～, 😀, flags
    const bytes = encodeSafetensors({
      "😀": { shape: [1], data: new Uint8Array(1) },
      "～": { shape: [1], data: new Uint8Array(1) },
      'é\n"\\\u007f\u0001': { shape: [1], data: new Uint8Array(1) },
      "u64": { shape: [2], data: new BigUint64Array([0n, 1n]) },
      "i64": { shape: [2], data: new BigInt64Array([0n, 1n]) },
      "u32": { shape: [2], data: new Uint32Array([0, 1]) },
      "u16": { shape: [2], data: new Uint16Array([0, 1]) },
      "i16": { shape: [2], data: new Int16Array([0, 1]) },
      "i8": { shape: [2], data: new Int8Array([0, 1]) },
      "half": { shape: [2], data: new Uint16Array([0x3c00, 0xc000]), dtype: "F16" },
      "flags": { shape: [3], data: new Uint8Array([1, 0, 1]), dtype: "BOOL" },
      "empty": { shape: [0, 4], data: new Uint8Array(0) },
      "labels": { shape: [3], data: new Int32Array([0, 1, 2]) },
      "scalar": { shape: [], data: new Float64Array([0.5]) },
      "2": { shape: [1], data: new Float32Array(1) },
      "10": { shape: [1], data: new Float32Array(1) },
      "0.weight": { shape: [2, 3], data: new Float32Array([0, 1, 2, 3, 4, 5]) },
    });
    assertEquals(bytes[0] + 256 * bytes[1], 1008);
    assertEquals(new TextDecoder().decode(bytes.subarray(8, 1016)), header);
    assertEquals(hex(bytes.subarray(1016)), data);
  });

  it("writes metadata first, sorted by key", () => {
    // save({"a": np.zeros(1, "uint8")}, {"k": "v"}), and a second key, which that shuffles
    const bytes = encodeSafetensors({ a: { shape: [1], data: new Uint8Array(1) } }, {
      metadata: { k: "v", "10": "é" },
    });
    assertEquals(
      new TextDecoder().decode(bytes.subarray(8)),
      '{"__metadata__":{"10":"é","k":"v"},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}\0',
    );
  });

  it("gives the same bytes for a record, a Map and another order", () => {
    const a = { shape: [1], data: new Float32Array([1]) };
    const b = { shape: [1], data: new Float32Array([2]) };
    const ab = encodeSafetensors({ a, b, ab: a }, { metadata: { x: "1", y: "2" } });
    const metadata = new Map([["y", "2"], ["x", "1"]]);
    assertEquals(encodeSafetensors(new Map([["ab", a], ["b", b], ["a", a]]), { metadata }), ab);
  });

  it("writes the part of a buffer that a view shows, shared or not", () => {
    const shared = new Int16Array(new SharedArrayBuffer(8));
    shared.set([1, 2, 3, 4]);
    const { tensors } = decodeSafetensors(encodeSafetensors({
      plain: { shape: [2], data: new Int16Array([1, 2, 3, 4]).subarray(1, 3) },
      shared: { shape: [2], data: shared.subarray(1, 3) },
    }));
    assertEquals(tensors.get("plain")?.data, new Int16Array([2, 3]));
    assertEquals(tensors.get("shared")?.data, new Int16Array([2, 3]));
  });

  it("refuses a shape that does not fit the data", () => {
    const cases: [shape: number[], found: string][] = [
      [[2, 3], "[2, 3]"],
      [[], "[]"],
      [[-5, -1], "[-5, -1]"],
      [[2.5, 2], "[2.5, 2]"],
      [[NaN], "[NaN]"],
    ];
    for (const [shape, found] of cases) {
      assertRefused(
        { "0.weight": { shape, data: new Float32Array(5) } },
        TypeError,
        `Cannot encode tensor "0.weight" as its shape must fit its 5 elements: found ${found}`,
      );
    }
    assertRefused(
      { a: { shape: [2 ** 40, 2 ** 40, 0], data: new Float32Array(0) } },
      TypeError,
      'Cannot encode tensor "a" as its shape must fit its 0 elements: ' +
        "found [1099511627776, 1099511627776, 0]",
    );
  });

  it("refuses data that is no typed array of the format", () => {
    for (const data of [[1, 2], new Uint8ClampedArray(2), new DataView(new ArrayBuffer(2))]) {
      assertRefused(
        { a: { shape: [2], data: data as unknown as NumberArray } },
        TypeError,
        `Cannot encode tensor "a" as its data must be a typed array: found ${data.constructor.name}`,
      );
    }
  });

  it("refuses a dtype that the data cannot have", () => {
    assertRefused(
      { a: { shape: [2], data: new Float32Array(2), dtype: "F16" } },
      TypeError,
      'Cannot encode tensor "a" as F16 must come in a Uint16Array: found Float32Array',
    );
    assertRefused(
      { a: { shape: [2], data: new Float32Array(2), dtype: "F8_E4M3" as Dtype } },
      TypeError,
      'Cannot encode tensor "a" as its dtype must be one of U64, I64, F64, F32, U32, I32, BF16, ' +
        "F16, U16, I16, I8, U8, BOOL: found F8_E4M3",
    );
  });

  it("refuses the name __metadata__ and lone surrogates", () => {
    const array = { shape: [0], data: new Float32Array(0) };
    assertRefused(
      { __metadata__: array },
      RangeError,
      'Cannot encode tensor "__metadata__" as this name must be left to the metadata: found a tensor',
    );
    assertRefused(
      { "a\ud800": array },
      RangeError,
      'Cannot encode tensor "a\\ud800" as it must be expressible in UTF-8: found a lone surrogate',
    );
    for (const metadata of [{ "\udc00": "" }, { "\udc00": "\udc00" }]) {
      const error = assertThrows(() => encodeSafetensors({}, { metadata }), RangeError);
      assertEquals(
        error.message,
        'Cannot encode metadata "\\udc00" as it must be expressible in UTF-8: found a lone surrogate',
      );
    }
  });

  it("refuses metadata that is not a string", () => {
    const metadata = { epoch: 3 as unknown as string };
    const error = assertThrows(() => encodeSafetensors({}, { metadata }), TypeError);
    assertEquals(
      error.message,
      'Cannot encode metadata "epoch" as it must be a string: found Number',
    );
  });

  it("refuses a header of more than 100 MB", () => {
    const metadata = { log: "x".repeat(100_000_000) };
    const error = assertThrows(() => encodeSafetensors({}, { metadata }), RangeError);
    assertEquals(
      error.message,
      "Cannot encode a header as it must have at most 100000000 bytes: found 100000032",
    );
  });
});

function assertRefused(
  tensors: Record<string, NamedArray>,
  type: typeof TypeError | typeof RangeError,
  message: string,
): void {
  assertEquals(assertThrows(() => encodeSafetensors(tensors), type).message, message);
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function hex(bytes: Uint8Array): string {
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
