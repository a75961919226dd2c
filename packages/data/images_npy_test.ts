import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { decodeImagesNpy, type ImagesLayout } from "./images_npy.ts";
import type { NumericArray } from "./nd_array.ts";
import { encodeNpy } from "./npy.ts";

const file = "x.npy";
/** Two images of 2 × 2 pixels and three channels: pixel by pixel, and in planes. */
const lasting = Uint8Array.from({ length: 24 }, (_, i) => i);
const planes = Uint8Array.from({ length: 24 }, (_, i) => {
  const [image, channel, pixel] = [Math.floor(i / 12), Math.floor(i / 4) % 3, i % 4];
  return image * 12 + pixel * 3 + channel;
});

function decode(data: NumericArray, shape: number[], layout?: ImagesLayout) {
  return decodeImagesNpy(encodeNpy({ data, shape }), { file, layout });
}

describe("decodeImagesNpy()", () => {
  it("tells the layout from the shape", () => {
    const expected = { data: lasting, shape: [2, 2, 2, 3] };
    assertEquals(decode(lasting, [2, 2, 2, 3]), expected);
    assertEquals(decode(planes, [2, 3, 2, 2]), expected);
    assertEquals(decode(lasting, [24, 1, 1, 1], "channels last").shape, [24, 1, 1, 1]);
    assertEquals(decode(lasting, [2, 1, 4, 3], "channels last").shape, [2, 1, 4, 3]);
    assertEquals(decode(lasting, [2, 1, 4, 3], "channels first").shape, [2, 4, 3, 1]);
  });

  it("takes flat images in the layout that it is told", () => {
    const expected = { data: lasting, shape: [2, 2, 2, 3] };
    assertEquals(decode(lasting, [2, 12], "channels last"), expected);
    assertEquals(decode(planes, [2, 12], "channels first"), expected);
    assertEquals(decode(lasting.slice(0, 18), [2, 9]), {
      data: lasting.slice(0, 18),
      shape: [2, 3, 3, 1],
    });
  });

  it("takes numbers that are bytes", () => {
    const expected = { data: lasting, shape: [2, 2, 2, 3] };
    for (const type of [Float32Array, Float64Array, Int32Array]) {
      assertEquals(decode(type.from(planes), [2, 3, 2, 2]), expected);
    }
    const bounds = decode(new Float32Array([0, 255, -0]), [1, 1, 3, 1], "channels last");
    assertEquals(bounds.data, new Uint8Array([0, 255, 0]));
  });

  it("refuses numbers that are no bytes", () => {
    for (const wrong of [0.5, -1, 256, NaN, Infinity]) {
      const data = Float64Array.from(lasting);
      data[13] = wrong;
      assertThrows(
        () => decode(data, [2, 2, 2, 3]),
        SyntaxError,
        `Cannot decode x.npy as values must be whole numbers from 0 to 255: ` +
          `found ${wrong} in row 1`,
      );
    }
  });

  it("refuses a layout that the shape leaves open", () => {
    for (const shape of [[2, 12], [2, 3, 4, 1], [8, 1, 1, 3]]) {
      assertThrows(
        () => decode(lasting, shape),
        TypeError,
        `Cannot decode x.npy as the option layout must tell channels first from channels last: ` +
          `found none, and the shape [${shape.join(", ")}]`,
      );
    }
  });

  it("refuses shapes that are none of images", () => {
    const cases: [number[], ImagesLayout?][] = [
      [[24]],
      [[2, 3, 4]],
      [[2, 2, 3, 2]],
      [[3, 8]],
      [[2, 2, 2, 3], "channels first"],
      [[2, 3, 2, 2], "channels last"],
    ];
    for (const [shape, layout] of cases) {
      assertThrows(
        () => decode(lasting, shape, layout),
        SyntaxError,
        `Cannot decode x.npy as images must be of shape [rows, height, width, channels], ` +
          `[rows, channels, height, width] or [rows, channels · side²], with 1 or 3 channels in ` +
          `the given layout: found [${shape.join(", ")}]`,
      );
    }
    assertThrows(
      () => decode(new Uint8Array(0), [0, 2, 2, 3]),
      SyntaxError,
      "found [0, 2, 2, 3]",
    );
  });

  it("refuses a layout that is none", () => {
    assertThrows(
      () => decode(lasting, [2, 12], "nchw" as ImagesLayout),
      RangeError,
      "Cannot decode x.npy as the layout must be channels last or channels first: found nchw",
    );
  });

  it("names the bytes in want of a file", () => {
    assertThrows(
      () => decodeImagesNpy(new Uint8Array(0)),
      SyntaxError,
      "Cannot decode the npy bytes as byte 0 must be 147, as in \\x93NUMPY: found the end",
    );
  });
});
