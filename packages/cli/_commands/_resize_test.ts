import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import golden from "../golden/resize.json" with { type: "json" };
import type { Pixels } from "./_decode_image.ts";
import { resize } from "./_resize.ts";

describe("resize()", () => {
  it("gives the bytes of Pillow", () => {
    for (const { data, width, height, channels, to, resized } of golden) {
      const image = { data: Uint8Array.fromBase64(data), width, height, channels } as Pixels;
      const result = resize(image, to);
      assertEquals([result.width, result.height, result.channels], [to.width, to.height, channels]);
      assertEquals(result.data.toBase64(), resized);
    }
  });

  it("leaves an image of the same size as it is", () => {
    const data = new Uint8Array([1, 2, 3, 4, 5, 6]);
    const image = { data, height: 2, width: 1, channels: 3 } as const;
    assertEquals(resize(image, { height: 2, width: 1 }), image);
  });
});
