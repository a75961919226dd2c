import { encode } from "fast-png";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import golden from "../golden/images.json" with { type: "json" };
import { decodeImage, imageSize } from "./_decode_image.ts";

const { width, height } = golden;
const bytesOf = (name: string) =>
  Uint8Array.fromBase64(golden.cases.find((one) => one.name === name)!.file);

async function refuses(bytes: Uint8Array, message: string | RegExp): Promise<void> {
  const error = await assertRejects(() => decodeImage(bytes, "x.png"), SyntaxError);
  if (typeof message === "string") assertEquals(error.message, message);
  else assert(message.test(error.message), error.message);
}

describe("decodeImage()", () => {
  for (const { name, file, channels, pixels } of golden.cases) {
    if (pixels === null) continue;
    it(`gives Pillow's pixels: ${name}`, async () => {
      const image = await decodeImage(Uint8Array.fromBase64(file), name);
      assertEquals([image.width, image.height, image.channels], [width, height, channels]);
      const expected = Uint8Array.fromBase64(pixels);
      if (!name.includes("jpeg")) return assertEquals(image.data, expected);
      // Each inverse transform may round by 1, of which the blue of a pixel takes 1.8 times that of its
      // colour; and halves of colours are filled in by each decoder in its own way.
      const worst = Math.max(...image.data.map((value, i) => Math.abs(value - expected[i]!)));
      assert(worst <= (name.includes("halved") ? 4 : 2), `off by ${worst}`);
    });
  }

  it("refuses transparent pixels, in whatever way", async () => {
    const message = "Cannot decode x.png as each pixel must be opaque: found a transparent one";
    await refuses(bytesOf("transparent pixels"), message);
    const png = encode({ width: 1, height: 1, data: new Uint8Array([7]), channels: 1 });
    assertEquals((await decodeImage(png, "x.png")).data, new Uint8Array([7]));
  });

  it("refuses what is no image, truncated or damaged", async () => {
    const other = "Cannot decode x.png as it must be a PNG or JPEG image: found something else";
    for (
      const bytes of [new Uint8Array(), new TextEncoder().encode("GIF89a"), new Uint8Array(99)]
    ) {
      await refuses(bytes, other);
    }
    const png = bytesOf("colours");
    await refuses(png.subarray(0, 20), other);
    await refuses(
      png.subarray(0, -30),
      /^Cannot decode x.png as it must be a whole PNG image: found /,
    );
    const damaged = png.slice();
    damaged[50]! ^= 1;
    await refuses(
      damaged,
      /^Cannot decode x.png as it must be a whole PNG image: found CRC mismatch/,
    );
    const jpeg = bytesOf("jpeg of colours");
    await refuses(
      jpeg.subarray(0, 400),
      /^Cannot decode x.png as it must be a (whole JPEG|PNG or JPEG) image: found /,
    );
  });

  it("decodes nothing that is too large to be an image for a network", async () => {
    const png = bytesOf("colours").slice();
    new DataView(png.buffer).setUint32(16, 2 ** 31 - 1);
    await refuses(
      png,
      "Cannot decode x.png as it must have at most 64000000 pixels: found 2147483647 × 9",
    );
  });
});

describe("decodeImage() of much data", () => {
  it("refuses more than the pixels could be, before it is inflated", async () => {
    const png = bytesOf("colours");
    const at = new TextDecoder("latin1").decode(png).indexOf("IDAT") - 4;
    const chunk = new Uint8Array(12 + 100_000);
    new DataView(chunk.buffer).setUint32(0, 100_000);
    chunk.set(new TextEncoder().encode("IDAT"), 4);
    await refuses(
      new Uint8Array([...png.subarray(0, at), ...chunk, ...png.subarray(at)]),
      /^Cannot decode x.png as the data of 13 × 9 pixels must have at most 2890 bytes: found 100\d+$/,
    );
  });
});

describe("imageSize()", () => {
  it("tells the size by the header alone", () => {
    for (const { file, name } of golden.cases) {
      const bytes = Uint8Array.fromBase64(file);
      assertEquals(imageSize(bytes), { width, height }, name);
      if (!name.includes("jpeg")) assertEquals(imageSize(bytes.subarray(0, 24)), { width, height });
    }
    assertEquals(imageSize(new Uint8Array([0xff, 0xd8, 0xff, 0xff, 0xff, 0xff, 0, 0])), null);
    assertEquals(imageSize(new Uint8Array(7)), null);
  });
});
