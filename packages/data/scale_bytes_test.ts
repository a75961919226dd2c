import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { scaleBytes } from "./scale_bytes.ts";

describe("scaleBytes()", () => {
  it("divides each byte by 255", () => {
    const data = Uint8Array.from({ length: 256 }, (_, i) => i);
    assertEquals(scaleBytes({ data, shape: [2, 128] }), {
      data: Float32Array.from({ length: 256 }, (_, i) => i / 255),
      shape: [2, 128],
    });
  });

  it("refuses values that do not fill the shape", () => {
    assertThrows(
      () => scaleBytes({ data: new Uint8Array(3), shape: [4] }),
      TypeError,
      "Cannot scale bytes as its values must fill its shape: found 3 in [4]",
    );
  });
});
