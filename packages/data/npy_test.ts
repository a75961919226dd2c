import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import type { NdArray } from "./nd_array.ts";
import { decodeNpy, encodeNpy } from "./npy.ts";

const file = "x.npy";

/** A file of the given version with a header padded to 128 bytes, as NumPy 2.4 writes it. */
function npy(header: string, hex = "", version = 1): Uint8Array {
  const preamble = version === 1 ? 10 : 12;
  const text = `${header.padEnd(128 - preamble - 1)}\n`;
  const length = version === 1 ? [text.length, 0] : [text.length, 0, 0, 0];
  const body = (hex.match(/../g) ?? []).map((byte) => parseInt(byte, 16));
  const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, version, 0];
  return new Uint8Array([...magic, ...length, ...new TextEncoder().encode(text), ...body]);
}

function refuses(bytes: Uint8Array, message: string): void {
  const error = assertThrows(() => decodeNpy(bytes, { file }), SyntaxError);
  assertEquals(error.message, `Cannot decode x.npy as ${message}`);
}

describe("decodeNpy()", () => {
  // Headers and values as NumPy 2.4 wrote them:
  //
  // x = np.arange(12).reshape(2, 3, 2)
  // np.lib.format.write_array(file, x.astype("<f4")[:, :, 0])
  // np.lib.format.write_array(file, np.asfortranarray(x.astype(">f8")))
  // np.lib.format.write_array(file, x.astype("<i4")[0], version=(2, 0))
  // np.lib.format.write_array(file, x.astype("<i8")[0] - 3, version=(3, 0))
  // np.lib.format.write_array(file, np.array(7, "u1"))

  it("decodes float32 of version 1", () => {
    const bytes = npy(
      "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }",
      "0000000000000040000080400000c0400000004100002041",
    );
    assertEquals(decodeNpy(bytes), { data: new Float32Array([0, 2, 4, 6, 8, 10]), shape: [2, 3] });
  });

  it("decodes big-endian float64 in Fortran order to C order", () => {
    const bytes = npy(
      "{'descr': '>f8', 'fortran_order': True, 'shape': (2, 3, 2), }",
      [0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11].map(bigEndianHex).join(""),
    );
    const data = new Float64Array([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    assertEquals(decodeNpy(bytes), { data, shape: [2, 3, 2] });
  });

  it("decodes int32 of version 2", () => {
    const bytes = npy(
      "{'descr': '<i4', 'fortran_order': False, 'shape': (3, 2), }",
      "000000000100000002000000030000000400000005000000",
      2,
    );
    assertEquals(decodeNpy(bytes), { data: new Int32Array([0, 1, 2, 3, 4, 5]), shape: [3, 2] });
  });

  it("decodes int64 of version 3 to int32", () => {
    const bytes = npy(
      "{'descr': '<i8', 'fortran_order': False, 'shape': (3, 2), }",
      "fdfffffffffffffffeffffffffffffffffffffffffffffff" +
        "000000000000000001000000000000000200000000000000",
      3,
    );
    assertEquals(decodeNpy(bytes), { data: new Int32Array([-3, -2, -1, 0, 1, 2]), shape: [3, 2] });
  });

  it("decodes a scalar of uint8", () => {
    const bytes = npy("{'descr': '|u1', 'fortran_order': False, 'shape': (), }", "07");
    assertEquals(decodeNpy(bytes), { data: new Uint8Array([7]), shape: [] });
  });

  it("decodes the extremes of int32 from big-endian int64", () => {
    const header = "{'descr': '>i8', 'fortran_order': False, 'shape': (2,), }";
    const bytes = npy(header, "ffffffff80000000" + "000000007fffffff");
    assertEquals(decodeNpy(bytes).data, new Int32Array([-(2 ** 31), 2 ** 31 - 1]));
  });

  it("decodes headers in any layout that Python reads alike", () => {
    const headers = [
      `{"shape":(1,2),"fortran_order":False,"descr":"|u1"}`,
      `{ 'descr' : '<u1' , 'shape' : ( 1 , 2 , ) ,\n'fortran_order' : True }`,
    ];
    for (const header of headers) {
      assertEquals(decodeNpy(npy(header, "0102")), { data: new Uint8Array([1, 2]), shape: [1, 2] });
    }
  });

  it("decodes an empty array and bytes at any offset of a buffer", () => {
    const empty = npy("{'descr': '<f4', 'fortran_order': True, 'shape': (0, 3), }");
    assertEquals(decodeNpy(empty), { data: new Float32Array(0), shape: [0, 3] });
    const bytes = npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", "0000803f");
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    assertEquals(decodeNpy(shifted.subarray(3)).data, new Float32Array([1]));
  });

  it("refuses arrays of Python objects", () => {
    refuses(
      npy("{'descr': '|O', 'fortran_order': False, 'shape': (2,), }", "80049563"),
      "its values must be numbers, not pickled Python objects, which may run any code: " +
        'found type "|O"',
    );
  });

  it("refuses other types", () => {
    for (
      const type of ["<c16", "<f2", "|b1", "<u4", "<U5", "f4", "=f4", "|f4", "<i4 ", "", "<M8[D]"]
    ) {
      refuses(
        npy(`{'descr': '${type}', 'fortran_order': False, 'shape': (2,), }`),
        `its type must be one of f4, f8, i4, i8, u1 with a byte order: found "${type}"`,
      );
    }
    refuses(
      npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), }"),
      `byte 20 must begin a quoted type: found "[('a', '<f4')], "`,
    );
  });

  it("refuses integers beyond 32 bits", () => {
    const header = "{'descr': '<i8', 'fortran_order': False, 'shape': (2,), }";
    refuses(
      npy(header, "0000000000000000" + "0000008000000000"),
      "its integers must fit 32 bits: found 2147483648 at byte 136",
    );
  });

  it("refuses a wrong magic and whatever is no longer than a part of it", () => {
    refuses(new Uint8Array(0), "byte 0 must be 147, as in \\x93NUMPY: found the end");
    refuses(new TextEncoder().encode("PK.."), "byte 0 must be 147, as in \\x93NUMPY: found 80");
    refuses(npy("{}").subarray(0, 5), "byte 5 must be 89, as in \\x93NUMPY: found the end");
  });

  it("refuses another version", () => {
    const rule = "bytes 6 and 7 must be version 1.0, 2.0 or 3.0";
    refuses(npy("{}", "", 4), `${rule}: found 4.0`);
    refuses(npy("{}", "", 0), `${rule}: found 0.0`);
    refuses(npy("{}").with(7, 1), `${rule}: found 1.1`);
    refuses(npy("{}").subarray(0, 7), `${rule}: found the end`);
  });

  it("refuses a truncated header", () => {
    refuses(
      npy("{}").subarray(0, 9),
      "byte 8 must begin the length of the header: found the end",
    );
    refuses(
      npy("{}", "", 2).subarray(0, 11),
      "byte 8 must begin the length of the header: found the end",
    );
    refuses(
      npy("{}").subarray(0, 20),
      "a header of 118 bytes must follow byte 10: found 10",
    );
    refuses(
      npy("{}", "", 2).with(11, 255),
      "a header of 4278190196 bytes must follow byte 12: found 116",
    );
  });

  it("refuses values that are too few or too many", () => {
    const header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }";
    refuses(npy(header, "00000000"), "8 bytes of values must follow byte 128: found 4");
    refuses(
      npy(header, "000000000000000000"),
      "8 bytes of values must follow byte 128: found 9",
    );
    const huge = "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999, 99999999999), }";
    refuses(npy(huge), "3.99999999992e+22 bytes of values must follow byte 128: found 0");
  });

  it("refuses lengths that no array has", () => {
    refuses(
      npy("{'descr': '<f4', 'fortran_order': False, 'shape': (0, 9007199254740993), }"),
      "its lengths must be below 2^53: found (0, 9007199254740993)",
    );
  });

  it("refuses a header that is no such dictionary and names the byte", () => {
    const rest = "'fortran_order': False, 'shape': (2,), }";
    refuses(npy("[1]"), 'byte 10 must begin a dictionary: found "[1]             "');
    refuses(npy("{descr: 1}"), 'byte 11 must begin one of its keys: found "descr: 1}       "');
    refuses(npy("{'x': 1}"), `byte 11 must begin one of its keys: found "'x': 1}         "`);
    refuses(npy("{'descr' '<f4'}"), `byte 19 must begin a colon: found "'<f4'}          "`);
    refuses(
      npy(`{'descr': '<f4' ${rest}`),
      `byte 26 must begin a comma or a closing brace: found "'fortran_order':"`,
    );
    refuses(
      npy("{'descr': '<f4', 'fortran_order': 0, 'shape': (2,), }"),
      `byte 44 must begin True or False: found "0, 'shape': (2,)"`,
    );
    for (const shape of ["(2)", "[2]", "2", "(-1,)", "(2.0,)", "(02,)", "(1 2)", "(,)", "(2L,)"]) {
      refuses(
        npy(`{'descr': '<f4', 'fortran_order': False, 'shape': ${shape}}`),
        `byte 60 must begin a tuple of lengths: found "${`${shape}}`.padEnd(16)}"`,
      );
    }
    refuses(
      npy(`{'descr': '<f4', ${rest} + x`),
      'byte 68 must begin nothing but blanks: found "+ x             "',
    );
    refuses(
      npy(`{'descr': '<f4', 'descr': '|O', ${rest}`),
      "its keys must differ: found a second descr",
    );
    refuses(
      npy("{'descr': '<f4', 'shape': (2,)}"),
      "its header must have the keys descr, fortran_order, shape: found no fortran_order",
    );
    refuses(npy("{'descr': '<f4',"), "byte 128 must begin one of its keys: found the end");
  });

  it("loses nothing to bytes at random", () => {
    const bytes = npy(
      "{'descr': '<i4', 'fortran_order': False, 'shape': (2,), }",
      "0100000002000000",
    );
    fc.assert(
      fc.property(fc.nat({ max: 127 }), fc.nat({ max: 255 }), (at, byte) => {
        fc.pre(bytes[at] !== byte);
        let decoded: NdArray;
        try {
          decoded = decodeNpy(bytes.with(at, byte), { file });
        } catch (error) {
          assertEquals((error as Error).name, "SyntaxError");
          return;
        }
        // What may change in the header without a contradiction: type of 4 bytes, order, layout.
        assertEquals(decoded.shape, [2]);
      }),
      { numRuns: 2000 },
    );
  });

  it("calls bytes without a name the npy bytes", () => {
    assertThrows(
      () => decodeNpy(new Uint8Array([1])),
      SyntaxError,
      "Cannot decode the npy bytes as byte 0 must be 147, as in \\x93NUMPY: found 1",
    );
  });
});

describe("encodeNpy()", () => {
  it("writes what NumPy reads", () => {
    const bytes = encodeNpy({ data: new Float32Array([1, -2]), shape: [1, 2] });
    const header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 2), }";
    assertEquals(bytes, npy(header, "0000803f" + "000000c0"));
  });

  it("writes shapes of no, one and many axes", () => {
    const text = (x: NdArray) => new TextDecoder("latin1").decode(encodeNpy(x));
    assertStringIncludes(text({ data: new Int32Array(1), shape: [] }), "'shape': (), }");
    assertStringIncludes(text({ data: new Int32Array(3), shape: [3] }), "'shape': (3,), }");
    const shape = new Array(60).fill(1);
    const many = encodeNpy({ data: new Uint8Array([9]), shape });
    assertEquals(many.length % 64, 1);
    assertEquals(decodeNpy(many), { data: new Uint8Array([9]), shape });
  });

  it("is undone by decodeNpy()", () => {
    const shape = fc.array(fc.nat({ max: 4 }), { maxLength: 4 });
    const type = fc.constantFrom(Float32Array, Float64Array, Int32Array, Uint8Array);
    fc.assert(
      fc.property(shape, type, fc.nat(), (shape, type, seed) => {
        const size = shape.reduce((product, length) => product * length, 1);
        const data = type.from(
          Array.from({ length: size }, (_, i) => (seed * 31 + i * 7919) % 251),
        );
        assertEquals(decodeNpy(encodeNpy({ data, shape })), { data, shape });
      }),
    );
  });

  it("refuses values that do not fill the shape", () => {
    assertThrows(
      () => encodeNpy({ data: new Float32Array(3), shape: [2, 2] }),
      TypeError,
      "Cannot encode an array as npy as its values must fill its shape: found 3 in [2, 2]",
    );
  });
});

function bigEndianHex(value: number): string {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  return view.getBigUint64(0).toString(16).padStart(16, "0");
}
