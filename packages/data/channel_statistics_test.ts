import { assertAlmostEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { channelStatistics } from "./channel_statistics.ts";
import type { NdArray } from "./nd_array.ts";

describe("channelStatistics()", () => {
  it("computes the mean and the population deviation of each channel", () => {
    const image = fc.record({
      channels: fc.integer({ min: 1, max: 4 }),
      pixels: fc.array(fc.integer({ min: 0, max: 255 }), { minLength: 2, maxLength: 60 }),
    });
    fc.assert(fc.property(image, ({ channels, pixels }) => {
      // The first pixel is 0 and the second 255, so that no channel is constant.
      const bytes = [...Array(channels).fill(0), ...Array(channels).fill(255), ...pixels]
        .slice(0, channels * Math.floor(2 + pixels.length / channels));
      const count = bytes.length / channels;
      const { mean, deviation } = channelStatistics({
        data: new Uint8Array(bytes),
        shape: [1, count, 1, channels],
      });
      for (let c = 0; c < channels; c++) {
        const values = bytes.filter((_, i) => i % channels === c).map((byte) => byte / 255);
        const middle = values.reduce((sum, value) => sum + value) / count;
        const squares = values.map((value) => (value - middle) ** 2);
        assertAlmostEquals(mean[c], middle, 1e-14);
        assertAlmostEquals(
          deviation[c],
          Math.sqrt(squares.reduce((sum, square) => sum + square) / count),
          1e-14,
        );
      }
    }));
  });

  it("refuses a constant channel", () => {
    assertThrows(
      () => channelStatistics({ data: new Uint8Array([1, 7, 2, 7]), shape: [2, 1, 1, 2] }),
      RangeError,
      "Cannot standardize channel 1 as its values must differ: found only 7",
    );
  });

  it("refuses what are no images of bytes", () => {
    const shapes = [[4], [2, 2], [1, 2, 2], [1, 1, 2, 2, 1]];
    for (const shape of shapes) {
      assertThrows(
        () => channelStatistics({ data: new Uint8Array(4), shape }),
        TypeError,
        `Cannot compute statistics of images as their shape must be [rows, height, width, ` +
          `channels], all above 0: found [${shape.join(", ")}]`,
      );
    }
    assertThrows(
      () => channelStatistics({ data: new Uint8Array(0), shape: [0, 2, 2, 1] }),
      TypeError,
      "all above 0: found [0, 2, 2, 1]",
    );
    assertThrows(
      () => channelStatistics({ data: new Uint8Array(3), shape: [1, 2, 2, 1] }),
      TypeError,
      "Cannot compute statistics of images as its values must fill its shape: found 3 in [1, 2, 2, 1]",
    );
    const floats: NdArray = { data: new Float32Array(4), shape: [1, 2, 2, 1] };
    assertThrows(
      () => channelStatistics(floats as NdArray<Uint8Array>),
      TypeError,
      "Cannot compute statistics of images as their values must be bytes, a Uint8Array: " +
        "found a Float32Array",
    );
  });
});
