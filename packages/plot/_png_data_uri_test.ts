import { assertEquals, assertMatch } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { decode } from "fast-png";
import { pngDataUri } from "./_png_data_uri.ts";

function decoded(uri: string): ReturnType<typeof decode> {
  assertMatch(uri, /^data:image\/png;base64,[A-Za-z0-9+/]+=*$/);
  const bytes = Uint8Array.from(atob(uri.split(",")[1]), (character) => character.charCodeAt(0));
  return decode(bytes, { checkCrc: true });
}

/** Bytes without a pattern. */
function pixels(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * index * 31 + index * 7) % 251);
}

describe("pngDataUri()", () => {
  const cases: [what: string, width: number, height: number, channels: number][] = [
    ["one gray pixel", 1, 1, 1],
    ["one pixel in colours", 1, 1, 3],
    ["a gray picture", 28, 28, 1],
    ["a picture in colours", 32, 32, 3],
    ["a wide one of more than one block", 300, 100, 3],
    ["one that ends with its block", 4368, 15, 1],
  ];
  for (const [what, width, height, channels] of cases) {
    it(`holds ${what}`, () => {
      const data = pixels(width * height * channels);
      const image = decoded(pngDataUri({ pixels: data, width, height }));
      assertEquals([image.width, image.height, image.depth], [width, height, 8]);
      assertEquals(image.channels, channels);
      assertEquals(image.data, data);
    });
  }

  it("writes these very bytes", () => {
    // python3 -c 'import struct, zlib, base64; c = lambda n, d: struct.pack(">I", len(d)) + n + d \
    //   + struct.pack(">I", zlib.crc32(n + d)); print(base64.b64encode(b"\x89PNG\r\n\x1a\n" \
    //   + c(b"IHDR", struct.pack(">IIBBBBB", 2, 1, 8, 0, 0, 0, 0)) \
    //   + c(b"IDAT", zlib.compress(b"\0\x07\xff", 0)) + c(b"IEND", b"")).decode())'
    assertEquals(
      pngDataUri({ pixels: Uint8Array.of(7, 255), width: 2, height: 1 }),
      "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAAAAADRSSBWAAAADklEQVR4AQEDAPz/AAf/ARABByvC/PIAAAAASUVORK5CYII=",
    );
  });
});
