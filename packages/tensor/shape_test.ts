import { assertThrowsExactly } from "@gradus/testing";
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import * as fc from "fast-check";
import {
  assertShape,
  broadcastShapes,
  equalShapes,
  formatShape,
  resolveAxes,
  sizeOf,
  stridesOf,
} from "./shape.ts";
import { ShapeError } from "./shape_error.ts";

const shapes = fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 4 });

describe("shape", () => {
  it("sizeOf() multiplies the lengths", () => {
    assertEquals([sizeOf([]), sizeOf([7]), sizeOf([2, 3, 4])], [1, 7, 24]);
  });
  it("stridesOf() counts the places of a row-major tensor", () => {
    assertEquals(stridesOf([]), []);
    fc.assert(
      fc.property(shapes, (shape) => {
        stridesOf(shape).forEach((stride, axis) => {
          assertStrictEquals(stride, sizeOf(shape.slice(axis + 1)));
        });
      }),
    );
  });
  it("formatShape() writes a shape as messages show it", () => {
    assertEquals([formatShape([]), formatShape([32, 784])], ["[]", "[32, 784]"]);
  });
  it("equalShapes() compares ranks and lengths", () => {
    assert(equalShapes([], []));
    assert(equalShapes([2, 3], [2, 3]));
    assert(!equalShapes([2, 3], [3, 2]));
    assert(!equalShapes([2], [2, 1]));
  });
  it("assertShape() takes whole lengths, up to a size of 2^53 - 1", () => {
    for (const shape of [[], [1], [2, 3], [2 ** 26, 2 ** 26], [Number.MAX_SAFE_INTEGER]]) {
      assertShape(shape);
    }
  });
  it("assertShape() refuses all other lengths and sizes", () => {
    for (const length of [0, -1, 1.5, NaN, Infinity]) {
      assertThrowsExactly(
        () => assertShape([3, length]),
        ShapeError,
        `Cannot use a shape as each length must be a whole number of at least 1: found ${length} in [3, ${length}]`,
      );
    }
    for (const shape of [[2 ** 53], [2 ** 27, 2 ** 26], [2 ** 30, 2 ** 30, 2 ** 30]]) {
      assertThrowsExactly(
        () => assertShape(shape),
        ShapeError,
        `Cannot use a shape as its size must be below 2^53: found ${formatShape(shape)}`,
      );
    }
  });
  it("broadcastShapes() takes the longer of two lengths, and does not mind their order", () => {
    assertEquals(broadcastShapes([5, 1, 3], [4, 1]), [5, 4, 3]);
    fc.assert(
      fc.property(shapes, fc.nat(4), fc.infiniteStream(fc.boolean()), (shape, dropped, isOne) => {
        const smaller = shape.slice(dropped).map((length) => isOne.next().value ? 1 : length);
        assertEquals(broadcastShapes(shape, smaller), shape);
        assertEquals(broadcastShapes(smaller, shape), shape);
      }),
    );
  });
  it("broadcastShapes() refuses lengths that differ", () => {
    assertThrowsExactly(
      () => broadcastShapes([2, 3], [4, 3, 3]),
      ShapeError,
      "Cannot broadcast [2, 3] with [4, 3, 3] as aligned lengths must be equal or 1: found 2 and 3",
    );
  });
  it("resolveAxes() counts from either end, and sorts", () => {
    assertEquals(resolveAxes([], [2, 3]), []);
    assertEquals(resolveAxes([-1, 0], [2, 3, 4]), [0, 2]);
    assertEquals(resolveAxes([1, -3], [2, 3, 4]), [0, 1]);
  });
  it("resolveAxes() refuses axes out of range and axes given twice", () => {
    for (const axis of [3, -4, 0.5, NaN]) {
      assertThrowsExactly(
        () => resolveAxes([0, axis], [2, 3, 4]),
        RangeError,
        `Cannot use axis ${axis} of [2, 3, 4] as an axis must be in [-3, 3)`,
      );
    }
    assertThrowsExactly(
      () => resolveAxes([2, 0, -1], [2, 3, 4]),
      RangeError,
      "Cannot use axes [2, 0, -1] of [2, 3, 4] as each axis must be given once: found 2 twice",
    );
  });
});

describe("ShapeError", () => {
  it("is a TypeError with a name of its own", () => {
    const error = new ShapeError("Cannot");
    assert(error instanceof TypeError);
    assertStrictEquals(`${error}`, "ShapeError: Cannot");
  });
});
