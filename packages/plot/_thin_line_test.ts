import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { type Point, thinLine } from "./_thin_line.ts";

/** Lowest and highest of each column of pixels, with the first and the last. */
function outline(points: readonly Point[]): Record<number, number[]> {
  const columns: Record<number, number[]> = {};
  for (const [x, y] of points) (columns[Math.floor(x)] ??= []).push(y);
  for (const [column, ys] of Object.entries(columns)) {
    columns[Number(column)] = [ys[0], Math.min(...ys), Math.max(...ys), ys.at(-1)!];
  }
  return columns;
}

describe("thinLine()", () => {
  it("keeps first, lowest, highest and last of a column, in their order", () => {
    const points: Point[] = [[0, 5], [0.1, 9], [0.2, 6], [0.3, 1], [0.4, 4], [0.5, 5], [1, 2]];
    assertEquals(thinLine(points), [[0, 5], [0.1, 9], [0.3, 1], [0.5, 5], [1, 2]]);
  });

  it("keeps each point of a short line, and of none", () => {
    assertEquals(thinLine([[0, 1], [5, 2], [5, 2], [9, 3]]), [[0, 1], [5, 2], [5, 2], [9, 3]]);
    assertEquals(thinLine([]), []);
  });

  it("leaves a line that goes back as it is", () => {
    const points: Point[] = [[1, 0], [0, 0], [0, 1], [0, 2], [0, 3], [0, 4], [0, 5]];
    assertStrictEquals(thinLine(points), points);
  });

  it("loses nothing that can be seen", () => {
    const points = fc.array(fc.tuple(fc.double({ min: 0, max: 5, noNaN: true }), fc.integer()), {
      maxLength: 200,
    }).map((unsorted): Point[] => unsorted.sort(([a], [b]) => a - b));
    fc.assert(fc.property(points, (line) => {
      const thin = thinLine(line);
      assertEquals(outline(thin), outline(line));
      assert(thin.length <= 4 * 6);
    }));
  });
});
