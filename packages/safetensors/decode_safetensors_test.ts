import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import * as fc from "fast-check";
import { Buffer } from "node:buffer";
import { decodeSafetensors } from "./decode_safetensors.ts";
import { encodeSafetensors } from "./encode_safetensors.ts";
import type { Dtype, NamedArray, NumberArray } from "./named_array.ts";

/** Written by hand from the format description; the header is not padded, as it need not be. */
// deno-fmt-ignore
const GOLDEN = new Uint8Array([
  130, 0, 0, 0, 0, 0, 0, 0,
  ...utf8('{"b": {"shape": [], "dtype": "U8", "data_offsets": [8, 9]},\r\n\t'),
  ...utf8('"a\\u00e9": {"data_offsets":[0,8],"dtype":"F32","shape":[1,2]}}      '),
  0x00, 0x00, 0x80, 0x3f, 0x00, 0x00, 0x00, 0xc0,
  0x2a,
]);

describe("decodeSafetensors()", () => {
  it("reads a file written by hand", () => {
    const { tensors, metadata } = decodeSafetensors(GOLDEN);
    assertEquals([...tensors], [
      ["b", { dtype: "U8", shape: [], data: new Uint8Array([42]) }],
      ["aé", { dtype: "F32", shape: [1, 2], data: new Float32Array([1, -2]) }],
    ]);
    assertEquals(metadata, new Map());
  });

  it("reads each type into its array", () => {
    const arrays: [Dtype, NumberArray][] = [
      ["BOOL", new Uint8Array([1])],
      ["U8", new Uint8Array([1])],
      ["I8", new Int8Array([1])],
      ["I16", new Int16Array([1])],
      ["U16", new Uint16Array([1])],
      ["F16", new Uint16Array([1])],
      ["BF16", new Uint16Array([1])],
      ["I32", new Int32Array([1])],
      ["U32", new Uint32Array([1])],
      ["F32", new Float32Array([2 ** -149])],
      ["F64", new Float64Array([2 ** -1074])],
      ["I64", new BigInt64Array([1n])],
      ["U64", new BigUint64Array([1n])],
    ];
    for (const [dtype, expected] of arrays) {
      const { byteLength } = expected;
      const bytes = file(
        { a: { dtype, shape: [1], data_offsets: [0, byteLength] } },
        [1, ...new Uint8Array(byteLength - 1)],
      );
      assertEquals(decodeSafetensors(bytes).tensors.get("a"), {
        dtype,
        shape: [1],
        data: expected,
      });
    }
  });

  it("reads metadata, and a file of nothing", () => {
    const { tensors, metadata } = decodeSafetensors(file({ __metadata__: { epoch: "3", "": "" } }));
    assertEquals(metadata, new Map([["epoch", "3"], ["", ""]]));
    assertEquals(tensors, new Map());
    assertEquals(decodeSafetensors(file({})).tensors, new Map());
  });

  it("takes names of the prototype for names", () => {
    const entry = '{"dtype":"U8","shape":[0],"data_offsets":[0,0]}';
    const { tensors } = decodeSafetensors(
      file(`{"__proto__":${entry},"constructor":${entry},"__metadata__":{"__proto__":"x"}}`),
    );
    assertEquals([...tensors.keys()], ["__proto__", "constructor"]);
    assertEquals(tensors.get("__proto__")?.shape, [0]);
    assertEquals(({} as { shape?: unknown }).shape, undefined);
  });

  it("copies: neither the file nor a view of it shows through", () => {
    const moved = new Uint8Array(GOLDEN.length + 2).subarray(1, -1);
    for (const bytes of [moved, Buffer.alloc(GOLDEN.length)]) {
      bytes.set(GOLDEN);
      const { tensors } = decodeSafetensors(bytes);
      bytes.fill(0);
      assertEquals(tensors.get("aé")?.data, new Float32Array([1, -2]));
      assertEquals(tensors.get("aé")?.data.buffer.byteLength, 8);
    }
  });

  it("reads shared memory", () => {
    const shared = new Uint8Array(new SharedArrayBuffer(GOLDEN.length));
    shared.set(GOLDEN);
    const { data } = decodeSafetensors(shared).tensors.get("b")!;
    assertEquals(data, new Uint8Array([42]));
    assert(data.buffer instanceof ArrayBuffer);
  });

  it("gives back what encodeSafetensors() took, byte for byte", () => {
    fc.assert(fc.property(content(), ({ tensors, metadata }) => {
      const bytes = encodeSafetensors(tensors, { metadata });
      const decoded = decodeSafetensors(bytes);
      assertEquals(decoded.metadata.size, metadata.size);
      for (const [key, value] of metadata) assertEquals(decoded.metadata.get(key), value);
      assertEquals(decoded.tensors.size, tensors.size);
      for (const [name, { dtype, shape, data }] of tensors) {
        const array = decoded.tensors.get(name)!;
        assertEquals(array.dtype, dtype);
        assertEquals(array.shape, shape);
        assertEquals(array.data.constructor, data.constructor);
        assertEquals(new Uint8Array(array.data.buffer), new Uint8Array(data.buffer));
      }
      assertEquals(encodeSafetensors(decoded.tensors, { metadata: decoded.metadata }), bytes);
    }));
  });

  it("refuses a damaged file with a SyntaxError, or reads what it says", () => {
    fc.assert(
      fc.property(
        content(),
        fc.array(damage(), { minLength: 1, maxLength: 3 }),
        (whole, damages) => {
          const { tensors, metadata } = whole;
          let bytes: Uint8Array = encodeSafetensors(tensors, { metadata });
          for (const damageFile of damages) bytes = damageFile(bytes);
          assertRefusedOrRight(bytes);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it("refuses a header of odd values with a SyntaxError, or reads what it says", () => {
    const integer = fc.oneof(
      fc.nat(4),
      fc.constantFrom(-1, 0.5, -0, 1e21, 2 ** 53, 2 ** 53 - 1, 2 ** 32),
    );
    const value = fc.oneof(
      fc.array(integer, { maxLength: 3 }),
      fc.constantFrom("BOOL", "I8", "U16", "F8_E4M3", "", 3, null, {}, [[]]),
    );
    const index = fc.nat(2);
    const key = fc.constantFrom("dtype", "shape", "data_offsets", "strides");
    const changes = fc.array(fc.tuple(index, key, value), { maxLength: 3 });
    fc.assert(
      fc.property(fc.tuple(index, index, index), changes, (lengths, changes) => {
        const [a, b] = lengths;
        const ends = [a, a + b, a + b + lengths[2]];
        const entries: Record<string, unknown>[] = lengths.map((length, i) => (
          { dtype: "U8", shape: [length], data_offsets: [ends[i] - length, ends[i]] }
        ));
        for (const [i, key, value] of changes) entries[i][key] = value;
        assertRefusedOrRight(file({ ...entries }, [1, 2, 3, 4, 5, 6].slice(0, ends[2])));
      }),
      { numRuns: 2000 },
    );
  });
});

describe("decodeSafetensors() refuses", () => {
  it("0 to 7 bytes", () => {
    for (let size = 0; size < 8; size++) {
      assertRefused(
        new Uint8Array(size),
        `Cannot decode m.safetensors as it must start with the 8 bytes of a length: found its end at byte ${size}`,
      );
    }
  });

  it("without the name of a file", () => {
    const { message } = assertThrows(() => decodeSafetensors(new Uint8Array(3)), SyntaxError);
    assertEquals(
      message,
      "Cannot decode a safetensors file as it must start with the 8 bytes of a length: found its end at byte 3",
    );
  });

  it("a header longer than the file", () => {
    assertRefused(
      new Uint8Array([3, 0, 0, 0, 0, 0, 0, 0, ...utf8("{}")]),
      "Cannot decode m.safetensors as it must contain its header of 3 bytes: found its end at byte 10",
    );
  });

  it("a header of more than 100 MB", () => {
    const bytes = new Uint8Array(8);
    for (const length of [100_000_001n, 2n ** 64n - 1n]) {
      const littleEndian = true;
      new DataView(bytes.buffer).setBigUint64(0, length, littleEndian);
      assertRefused(
        bytes,
        `Cannot decode m.safetensors as its header must have at most 100000000 bytes: found ${length} at byte 0`,
      );
    }
  });

  it("a header that is not UTF-8", () => {
    for (const stray of [[0xff], [0xc3, 0x28], [0xed, 0xa0, 0x80], [0xf0, 0x9f]]) {
      assertRefused(
        file(new Uint8Array([...utf8('{"é'), ...stray, ...utf8('":1}')])),
        "Cannot decode m.safetensors as its header must be UTF-8: found a stray byte at byte 12",
      );
    }
  });

  it("a header that does not start with a brace", () => {
    const cases: [header: string, found: string][] = [
      ["", "the end of the header"],
      ["[]", '"["'],
      [" {}", '" "'],
      ["\ufeff{}", '"\ufeff"'],
      ["😀", '"😀"'],
      ["\0\0", '"\\u0000"'],
    ];
    for (const [header, found] of cases) {
      assertRefused(
        file(header),
        `Cannot decode m.safetensors as its header must start with {: found ${found} at byte 8`,
      );
    }
  });

  it("a header that is not JSON", () => {
    const cases: [header: string, message: string][] = [
      ["{", "m.safetensors as a key must be a string: found the end of the header at byte 9"],
      ["{a:1}", 'm.safetensors as a key must be a string: found "a" at byte 9'],
      ['{"é"1}', 'm.safetensors as a colon must follow a key: found "1" at byte 13'],
      ['{"a', 'm.safetensors as a string must be as in JSON: found "a at byte 9'],
      ['{"a\\', 'm.safetensors as a string must be as in JSON: found "a\\ at byte 9'],
      ['{"\\x":1}', 'm.safetensors as a string must be as in JSON: found "\\x" at byte 9'],
      ['{"\n":1}', 'm.safetensors as a string must be as in JSON: found "\n" at byte 9'],
      ['{"\\ud800":1}', 'm.safetensors as a string must be as in JSON: found "\\ud800" at byte 9'],
      [
        '{"__metadata__":{"a":"b";',
        '__metadata__ of m.safetensors as a comma or a brace must follow a value: found ";" at byte 32',
      ],
      [
        '{"__metadata__":{"a":"b",}}',
        '__metadata__ of m.safetensors as a key must be a string: found "}" at byte 33',
      ],
      [
        '{"a":{"shape":[1,]}}',
        'tensor "a" of m.safetensors as its shape must be integers from 0 to 2^53 - 1: found "]" at byte 25',
      ],
      [
        '{"a":{"shape":[1 2]}}',
        'tensor "a" of m.safetensors as a comma or a bracket must follow an integer: found "2" at byte 25',
      ],
      [
        '{"__metadata__":{}',
        "m.safetensors as a comma or a brace must follow a value: found the end of the header at byte 26",
      ],
      ["{}{}", 'm.safetensors as only spaces may follow its header: found "{" at byte 10'],
      ["{} \n", 'm.safetensors as only spaces may follow its header: found "\\n" at byte 11'],
      ["{}\0", 'm.safetensors as only spaces may follow its header: found "\\u0000" at byte 10'],
    ];
    for (const [header, message] of cases) assertRefused(file(header), `Cannot decode ${message}`);
  });

  it("equal keys, at any level and however escaped", () => {
    const entry = '{"dtype":"U8","shape":[0],"data_offsets":[0,0]}';
    assertRefused(
      file(`{"a":${entry},"\\u0061":${entry}}`),
      'Cannot decode m.safetensors as its keys must differ: found "a" again at byte 61',
    );
    assertRefused(
      file('{"__metadata__":{},"__metadata__":{}}'),
      'Cannot decode m.safetensors as its keys must differ: found "__metadata__" again at byte 27',
    );
    assertRefused(
      file('{"__metadata__":{"k":"1","k":"1"}}'),
      'Cannot decode __metadata__ of m.safetensors as its keys must differ: found "k" again at byte 33',
    );
    assertRefused(
      file('{"a":{"dtype":"U8","dtype":"U8"}}'),
      'Cannot decode tensor "a" of m.safetensors as its keys must differ: found "dtype" again at byte 27',
    );
  });

  it("metadata that is not an object of strings", () => {
    for (
      const [value, found, byte] of [["null", "n", 24], ['["a"]', "[", 24], ['{"a":1}', "1", 29]]
    ) {
      assertRefused(
        file(`{"__metadata__":${value}}`),
        `Cannot decode __metadata__ of m.safetensors as it must be an object of strings: found "${found}" at byte ${byte}`,
      );
    }
  });

  it("an entry that is not an object, however deep it nests", () => {
    assertRefused(
      file(`{"a":${"[".repeat(1e6)}`),
      'Cannot decode tensor "a" of m.safetensors as its entry must be an object: found "[" at byte 13',
    );
  });

  it("an entry with a key too few or too many", () => {
    const entry = { dtype: "U8", shape: [0], data_offsets: [0, 0] };
    for (const key of ["dtype", "shape", "data_offsets"]) {
      assertRefused(
        file({ a: { ...entry, [key]: undefined } }),
        `Cannot decode tensor "a" of m.safetensors as its entry must have dtype, shape and data_offsets: found no ${key} at byte 13`,
      );
    }
    assertRefused(
      file({ a: { ...entry, strides: [1] } }),
      'Cannot decode tensor "a" of m.safetensors as its entry may have no further key: found "strides" at byte 70',
    );
  });

  it("an unknown type", () => {
    const cases: [dtype: unknown, found: string][] = [
      ["F8_E4M3", '"F8_E4M3"'],
      ["f32", '"f32"'],
      ["__proto__", '"__proto__"'],
      [32, '"3"'],
      [null, '"n"'],
    ];
    for (const [dtype, found] of cases) {
      assertRefused(
        file({ a: { dtype, shape: [], data_offsets: [0, 0] } }),
        'Cannot decode tensor "a" of m.safetensors as its dtype must be one of U64, I64, F64, F32, U32, ' +
          `I32, BF16, F16, U16, I16, I8, U8, BOOL: found ${found} at byte 22`,
      );
    }
  });

  it("a shape that is not made of integers from 0 to 2^53 - 1", () => {
    const requirement = "its shape must be integers from 0 to 2^53 - 1";
    for (
      const token of [
        "-1",
        "0.5",
        "1.0",
        "1e2",
        "01",
        "-0",
        "+1",
        "9007199254740992",
        "NaN",
        "null",
      ]
    ) {
      assertRefused(
        file(`{"a":{"shape":[2, ${token}]}}`),
        `Cannot decode tensor "a" of m.safetensors as ${requirement}: found ${token} at byte 26`,
      );
    }
    for (const [value, found] of [['"2"', '\\"'], ["3", "3"], ["{}", "{"], ["[[]]", "["]]) {
      const byte = value === "[[]]" ? 23 : 22;
      assertRefused(
        file(`{"a":{"shape":${value}}}`),
        `Cannot decode tensor "a" of m.safetensors as ${requirement}: found "${found}" at byte ${byte}`,
      );
    }
  });

  it("a shape of more than 2^53 - 1 elements", () => {
    for (const shape of [[2 ** 27, 2 ** 26], [2 ** 40, 2 ** 40, 0]]) {
      assertRefused(
        file({ a: { shape } }),
        'Cannot decode tensor "a" of m.safetensors as its shape must have at most 2^53 - 1 elements: ' +
          `found [${shape.join(", ")}] at byte 22`,
      );
    }
  });

  it("offsets that are not two integers from 0 to 2^53 - 1", () => {
    const requirement = "its data_offsets must be two integers from 0 to 2^53 - 1";
    for (const token of ["-1", "0.5", "9007199254740992", "1e1"]) {
      assertRefused(
        file(`{"a":{"data_offsets":[${token},4]}}`),
        `Cannot decode tensor "a" of m.safetensors as ${requirement}: found ${token} at byte 30`,
      );
    }
    for (const offsets of ["[]", "[1]", "[1, 2, 3]"]) {
      assertRefused(
        file(`{"a":{"data_offsets":${offsets}}}`),
        `Cannot decode tensor "a" of m.safetensors as ${requirement}: found ${offsets} at byte 29`,
      );
    }
  });

  it("reversed offsets", () => {
    assertRefused(
      file('{"a":{"data_offsets":[8,4]}}', new Array(8).fill(0)),
      'Cannot decode tensor "a" of m.safetensors as its data must not end before it starts: found [8, 4] at byte 29',
    );
  });

  it("offsets beyond the file", () => {
    assertRefused(
      file('{"a":{"data_offsets":[4,12]}}', new Array(8).fill(0)),
      'Cannot decode tensor "a" of m.safetensors as its data must end within the 8 bytes after the header: found [4, 12] at byte 29',
    );
  });

  it("data of another size than its shape and type", () => {
    assertRefused(
      file({ a: { dtype: "F32", shape: [2, 3], data_offsets: [0, 20] } }, new Array(20).fill(0)),
      'Cannot decode tensor "a" of m.safetensors as its 6 elements of F32 must have 4 bytes each: found 20 bytes of data at byte 13',
    );
    assertRefused(
      file({ a: { dtype: "F64", shape: [2 ** 53 - 1], data_offsets: [0, 0] } }),
      'Cannot decode tensor "a" of m.safetensors as its 9007199254740991 elements of F64 must have 8 bytes each: found 0 bytes of data at byte 13',
    );
  });

  it("overlaps, holes and tails", () => {
    const entry = (begin: number, end: number) => ({
      dtype: "U8",
      shape: [end - begin],
      data_offsets: [begin, end],
    });
    const eight = new Array(8).fill(0);
    assertRefused(
      file({ b: entry(3, 8), a: entry(0, 4) }, eight),
      'Cannot decode tensor "b" of m.safetensors as its data must not overlap that of another: found its start at byte 116',
    );
    assertRefused(
      file({ a: entry(0, 8), b: entry(4, 4) }, eight),
      'Cannot decode tensor "b" of m.safetensors as its data must not overlap that of another: found its start at byte 117',
    );
    assertRefused(
      file({ b: entry(5, 8), a: entry(0, 3) }, eight),
      'Cannot decode tensor "b" of m.safetensors as no bytes may be unused before its data: found 2 at byte 116',
    );
    assertRefused(
      file({ b: entry(0, 3), a: entry(3, 6) }, eight),
      "Cannot decode m.safetensors as no bytes may be unused at its end: found 2 at byte 119",
    );
    assertRefused(
      file({}, [1]),
      "Cannot decode m.safetensors as no bytes may be unused at its end: found 1 at byte 10",
    );
  });

  it("with a message of bounded length", () => {
    const long = "n".repeat(1e6);
    const headers = [
      `{"${long}":1}`,
      `{"${long}`,
      `{"a":{"dtype":"${long}"}}`,
      `{"a":{"${long}":1}}`,
      `{"a":{"shape":[${"1".repeat(1e6)}]}}`,
      `{"a":{"data_offsets":[${"1,".repeat(1e6)}1]}}`,
      `{"${long}":{},"${long}":{}}`,
    ];
    for (const header of headers) {
      const { message } = assertThrows(() => decodeSafetensors(file(header)), SyntaxError);
      assert(message.length < 300, message.slice(0, 1000));
      assert(message.includes("…"), message);
    }
  });
});

/** A file with this header, as text, bytes or an object, and this data. */
function file(header: string | Uint8Array | object, data: readonly number[] = []): Uint8Array {
  const bytes = header instanceof Uint8Array
    ? header
    : utf8(typeof header === "string" ? header : JSON.stringify(header));
  const length = new DataView(new ArrayBuffer(8));
  const littleEndian = true;
  length.setBigUint64(0, BigInt(bytes.length), littleEndian);
  const whole = new Uint8Array(8 + bytes.length + data.length);
  whole.set(new Uint8Array(length.buffer));
  whole.set(bytes, 8);
  whole.set(data, 8 + bytes.length);
  return whole;
}

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function assertRefused(bytes: Uint8Array, message: string): void {
  const error = assertThrows(
    () => decodeSafetensors(bytes, { name: "m.safetensors" }),
    SyntaxError,
  );
  assertEquals(error.message, message);
}

/** Asserts that the file is refused, or read as `JSON.parse` and the offsets say. */
function assertRefusedOrRight(bytes: Uint8Array): void {
  let decoded: ReturnType<typeof decodeSafetensors>;
  try {
    decoded = decodeSafetensors(bytes, { name: "m.safetensors" });
  } catch (error) {
    assert(error instanceof SyntaxError, `${error}`);
    assert(/^Cannot decode .+ as .+: found .+ at byte \d+$/s.test(error.message), error.message);
    return;
  }
  const dataByte = 8 + bytes[0] + 256 * bytes[1];
  const { __metadata__ = {}, ...entries } = JSON.parse(
    new TextDecoder().decode(bytes.subarray(8, dataByte)),
  );
  assertEquals(new Map(Object.entries(__metadata__)), new Map(decoded.metadata));
  assertEquals(Object.keys(entries).toSorted(), [...decoded.tensors.keys()].toSorted());
  let sizeBytes = 0;
  for (const [name, { dtype, shape, data }] of decoded.tensors) {
    const [begin, end] = entries[name].data_offsets;
    assertEquals([dtype, shape], [entries[name].dtype, entries[name].shape]);
    assertEquals(shape.reduce((product, length) => product * length, 1), data.length);
    assertEquals(new Uint8Array(data.buffer), bytes.slice(dataByte + begin, dataByte + end));
    sizeBytes += data.byteLength;
  }
  assertEquals(sizeBytes, bytes.length - dataByte);
}

/** Tensors of all types, with odd names, and metadata. */
function content(): fc.Arbitrary<{
  tensors: Map<string, Required<NamedArray>>;
  metadata: Map<string, string>;
}> {
  const name = fc.string({ unit: "binary", maxLength: 6 }).filter((text) =>
    text !== "__metadata__"
  );
  const named = fc.tuple(name, namedArray());
  const text = fc.string({ unit: "binary", maxLength: 6 });
  return fc.record({
    tensors: fc.array(named, { maxLength: 4 }).map((entries) => new Map(entries)),
    metadata: fc.array(fc.tuple(text, text), { maxLength: 2 }).map((entries) => new Map(entries)),
  });
}

function namedArray(): fc.Arbitrary<Required<NamedArray>> {
  const types: [Dtype, { new (buffer: ArrayBuffer): NumberArray; BYTES_PER_ELEMENT: number }][] = [
    ["BOOL", Uint8Array],
    ["U8", Uint8Array],
    ["I8", Int8Array],
    ["I16", Int16Array],
    ["U16", Uint16Array],
    ["F16", Uint16Array],
    ["BF16", Uint16Array],
    ["I32", Int32Array],
    ["U32", Uint32Array],
    ["F32", Float32Array],
    ["F64", Float64Array],
    ["I64", BigInt64Array],
    ["U64", BigUint64Array],
  ];
  return fc.tuple(fc.constantFrom(...types), fc.array(fc.nat(3), { maxLength: 3 })).chain(
    ([[dtype, type], shape]) => {
      const length = type.BYTES_PER_ELEMENT * shape.reduce((product, n) => product * n, 1);
      return fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => ({
        dtype,
        shape,
        data: new type(new Uint8Array(bytes).buffer),
      }));
    },
  );
}

/** A change of some bytes, mostly of the header. */
function damage(): fc.Arbitrary<(bytes: Uint8Array) => Uint8Array> {
  const place = fc.double({ min: 0, max: 1, noNaN: true });
  const byte = fc.oneof(fc.constantFrom(...utf8('{}[]":,0123456789 eE-.\\')), fc.nat(255));
  return fc.tuple(place, fc.nat(3), fc.array(byte, { maxLength: 3 })).map(
    ([part, removed, inserted]) => (bytes) => {
      const start = Math.floor(part * bytes.length);
      return new Uint8Array([
        ...bytes.subarray(0, start),
        ...inserted,
        ...bytes.subarray(start + removed),
      ]);
    },
  );
}
