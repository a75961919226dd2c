import { assertThrowsExactly } from "@gradus/testing";
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { reference } from "../reference.ts";
import { ShapeError } from "../shape_error.ts";
import { tensor, zeros } from "../tensor.ts";
import { copy } from "./copy.ts";

const backend = reference();

describe("copy()", () => {
  it("has memory of its own", async () => {
    const x = tensor(backend, [[1, 2]]);
    const y = copy(x);
    assert(x.storage !== y.storage);
    assertEquals(y.shape, [1, 2]);
    x.set([[8, 9]]);
    assertEquals(await y.data(), new Float32Array([1, 2]));
  });
  it("copies the numbers of a view alone", async () => {
    const view = tensor(backend, [1, 2, 3]).prefix(2);
    assertEquals(await copy(view).data(), new Float32Array([1, 2]));
  });
  it("converts between dtypes, towards zero", async () => {
    const x = tensor(backend, [1.9, -1.9]);
    const labels = copy(x, { dtype: "int32" });
    assertEquals(await labels.data(), new Int32Array([1, -1]));
    assertEquals(await copy(labels, { dtype: "float32" }).data(), new Float32Array([1, -1]));
    assertStrictEquals(copy(labels).dtype, "int32");
  });
  it("writes into out, in the dtype of out unless another is asked", async () => {
    const out = zeros(backend, [2], { dtype: "int32" });
    assertStrictEquals(copy(tensor(backend, [1.9, 2]), { out }), out);
    assertEquals(await out.data(), new Int32Array([1, 2]));
    assertThrowsExactly(
      () => copy(tensor(backend, [1, 2]), { out, dtype: "float32" }),
      ShapeError,
      "Cannot copy into out as it must be float32 [2]: found int32 [2]",
    );
    assertThrowsExactly(
      () => copy(tensor(backend, [1, 2, 3]), { out }),
      ShapeError,
      "Cannot copy into out as it must be int32 [3]: found int32 [2]",
    );
  });
});
