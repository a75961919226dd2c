import { assert, assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { decodeIdx } from "./idx.ts";

const file = "train-images";
const bytes = new Uint8Array([0, 0, 8, 2, 0, 0, 0, 2, 0, 0, 0, 3, 1, 2, 3, 4, 5, 6]);

async function gzip(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  const stream = new Blob([bytes]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

async function refuses(bytes: Uint8Array, message: string): Promise<void> {
  const error = await assertRejects(() => decodeIdx(bytes, { file }), SyntaxError);
  assertEquals(error.message, `Cannot decode train-images as ${message}`);
}

describe("decodeIdx()", () => {
  it("decodes bytes, plain or compressed with gzip, at any offset of a buffer", async () => {
    const expected = { data: new Uint8Array([1, 2, 3, 4, 5, 6]), shape: [2, 3] };
    assertEquals(await decodeIdx(bytes), expected);
    assertEquals(await decodeIdx(await gzip(bytes)), expected);
    assertEquals(await decodeIdx(new Uint8Array([9, ...bytes]).subarray(1)), expected);
  });

  it("decodes big-endian numbers", async () => {
    const head = (type: number) => [0, 0, type, 1, 0, 0, 0, 1];
    assertEquals(await decodeIdx(new Uint8Array([...head(12), 0xff, 0xff, 0xff, 0xfe])), {
      data: new Int32Array([-2]),
      shape: [1],
    });
    assertEquals(await decodeIdx(new Uint8Array([...head(13), 0x3f, 0xc0, 0, 0])), {
      data: new Float32Array([1.5]),
      shape: [1],
    });
    assertEquals(await decodeIdx(new Uint8Array([...head(14), 0xc0, 4, 0, 0, 0, 0, 0, 0])), {
      data: new Float64Array([-2.5]),
      shape: [1],
    });
  });

  it("refuses a wrong magic", async () => {
    await refuses(new Uint8Array(0), "it must begin with 4 bytes of magic: found 0");
    await refuses(bytes.subarray(0, 3), "it must begin with 4 bytes of magic: found 3");
    await refuses(bytes.with(0, 80).with(1, 75), "bytes 0 and 1 must be 0: found 80 and 75");
    await refuses(bytes.with(1, 1), "bytes 0 and 1 must be 0: found 0 and 1");
  });

  it("refuses other types", async () => {
    for (const type of [0, 9, 11, 255]) {
      await refuses(
        bytes.with(2, type),
        `byte 2 must be one of the types 8, 12, 13, 14: found ${type}`,
      );
    }
  });

  it("refuses missing lengths, missing values and trailing bytes", async () => {
    await refuses(
      bytes.subarray(0, 11),
      "2 lengths of 4 bytes must follow byte 4: found 7 bytes",
    );
    await refuses(bytes.subarray(0, 17), "6 bytes of values must follow byte 12: found 5");
    await refuses(new Uint8Array([...bytes, 0]), "6 bytes of values must follow byte 12: found 7");
    await refuses(bytes.with(2, 12), "24 bytes of values must follow byte 12: found 6");
    await refuses(await gzip(bytes.slice(0, 17)), "6 bytes of values must follow byte 12: found 5");
    await refuses(bytes.with(4, 255), "12834570246 bytes of values must follow byte 12: found 6");
  });

  it("refuses damaged gzip data", async () => {
    const packed = await gzip(bytes);
    const rule = "gzip data must be whole: found it truncated, damaged or followed by other bytes";
    await refuses(packed.subarray(0, packed.length - 3), rule);
    await refuses(packed.with(packed.length - 5, packed[packed.length - 5] ^ 1), rule);
    await refuses(new Uint8Array([...packed, 1, 2, 3]), rule);
    await refuses(packed.subarray(0, 2), rule);
  });

  it("takes no more of gzip data than its header announces, which could be a thousand times the file", async () => {
    const bomb = await gzip(new Uint8Array([...bytes, ...new Uint8Array(50_000_000)]));
    const before = Deno.memoryUsage().external;
    await refuses(bomb, "6 bytes of values must follow byte 12: found more");
    assert(Deno.memoryUsage().external - before < 2_000_000);
  });

  it("calls bytes without a name the IDX bytes", async () => {
    await assertRejects(
      () => decodeIdx(bytes.subarray(0, 2)),
      SyntaxError,
      "Cannot decode the IDX bytes as it must begin with 4 bytes of magic: found 2",
    );
  });
});
