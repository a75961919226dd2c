import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import * as fc from "fast-check";
import { placeWindows } from "./_place_windows.ts";
import type { Padding2d } from "./padding2d.ts";

function place(length: number, span: number, stride: number, padding: Padding2d) {
  const { outputSize, padding: before } = placeWindows([length, length], {
    span: [span, span],
    stride: [stride, stride],
    padding,
    layer: "test",
    window: "window",
  });
  return [outputSize[0], before[0]];
}

describe("placeWindows()", () => {
  it("counts windows that fit, and those that same padding makes fit, by hand", () => {
    assertEquals(place(5, 3, 1, "valid"), [3, 0]);
    assertEquals(place(6, 3, 2, "valid"), [2, 0]);
    assertEquals(place(5, 3, 1, "same"), [5, 1]);
    assertEquals(place(5, 2, 1, "same"), [5, 0]);
    assertEquals(place(6, 3, 2, "same"), [3, 0]);
    assertEquals(place(5, 3, 2, "same"), [3, 1]);
    assertEquals(place(5, 1, 3, "same"), [2, 0]);
    assertEquals(place(5, 3, 2, 2), [4, 2]);
  });

  it("has each window of same or valid padding see the image, and as many as there can be", () => {
    const count = fc.integer({ min: 1, max: 9 });
    const padding = fc.constantFrom<Padding2d[]>("same", "valid", 0, 1, 2, 3);
    fc.assert(
      fc.property(count, count, count, padding, (length, span, stride, padding) => {
        fc.pre(padding === "same" || length + 2 * (padding === "valid" ? 0 : padding) >= span);
        const [windows, before] = place(length, span, stride, padding) as [number, number];
        const lastEnd = (windows - 1) * stride + span - before;
        if (padding === "same") {
          assertEquals(windows, Math.ceil(length / stride));
          // As much before as behind, or one less; nothing before where nothing is missing.
          const behind = Math.max(lastEnd - length, 0);
          assert(before >= 0);
          assert(behind - before === 0 || behind - before === 1);
          assert(lastEnd - span < length);
        } else {
          const room = length + 2 * before;
          assert(lastEnd + before <= room && lastEnd + before + stride > room);
        }
      }),
    );
  });
});
