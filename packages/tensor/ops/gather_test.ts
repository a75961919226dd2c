import { assertThrowsExactly } from "@gradus/testing";
import { assertEquals, assertStrictEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { goldenTensor, readNumbers } from "../golden/_read_numbers_test.ts";
import golden from "../golden/operations.json" with { type: "json" };
import { reference } from "../reference.ts";
import { ShapeError } from "../shape_error.ts";
import { tensor, zeros } from "../tensor.ts";
import { gather } from "./gather.ts";

const backend = reference();
const at = (...places: number[]) => tensor(backend, new Int32Array(places));

describe("gather()", () => {
  it("takes slices along any axis as NumPy does", async () => {
    const x = goldenTensor(backend, golden.movements.x);
    for (const { axis, y } of golden.movements.gathers) {
      const taken = gather(x, at(...golden.movements.indices), { axis });
      assertEquals(taken.shape, y.shape);
      assertEquals(await taken.data(), Float32Array.from(readNumbers(y.values)));
    }
  });
  it("takes integers too, and NaN or 0 for a place out of range", async () => {
    const places = at(1, 2, -1);
    assertEquals(
      await gather(tensor(backend, [5, 6]), places).data(),
      new Float32Array([6, NaN, NaN]),
    );
    assertEquals(await gather(at(5, 6), places).data(), new Int32Array([6, 0, 0]));
  });
  it("writes into out, which must not be an input", async () => {
    const x = tensor(backend, [1, 2]);
    const out = zeros(backend, [3]);
    assertStrictEquals(gather(x, at(1, 0, 1), { out }), out);
    assertEquals(await out.data(), new Float32Array([2, 1, 2]));
    const shared = "Cannot gather into out as it must not share memory with an input";
    assertThrowsExactly(() => gather(x, at(1, 0), { out: x }), Error, shared);
    const labels = at(1, 0);
    assertThrowsExactly(() => gather(at(3, 4), labels, { out: labels }), Error, shared);
    assertThrowsExactly(
      () => gather(x, at(1), { out }),
      ShapeError,
      "Cannot gather into out as it must be float32 [1]: found float32 [3]",
    );
  });
  it("refuses places that are not int32 with one axis, another backend, an axis out of range", () => {
    const x = zeros(backend, [2, 3]);
    assertThrowsExactly(
      () => gather(x, tensor(backend, [0])),
      ShapeError,
      "Cannot gather as indices must be int32 with one axis: found float32 [1]",
    );
    assertThrowsExactly(
      () => gather(x, at(0).reshape([1, 1])),
      ShapeError,
      "Cannot gather as indices must be int32 with one axis: found int32 [1, 1]",
    );
    assertThrowsExactly(
      () => gather(zeros(reference(), [2]), at(0)),
      TypeError,
      "Cannot gather as all tensors must be on one backend: found reference and reference (two of them)",
    );
    assertThrowsExactly(
      () => gather(x, at(0), { axis: -3 }),
      RangeError,
      "Cannot use axis -3 of [2, 3] as an axis must be in [-2, 2)",
    );
  });
});
