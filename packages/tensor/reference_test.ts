import { assertThrowsExactly, backendContract } from "@gradus/testing";
import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { FloatType } from "./dtype.ts";
import { reference } from "./reference.ts";
import { tensor, zeros } from "./tensor.ts";

backendContract("reference in float32", () => reference());
backendContract("reference in float64", () => reference({ dtype: "float64" }));

describe("reference()", () => {
  it("has the float that is asked, float32 unless told", () => {
    assertEquals(reference().float, "float32");
    assertEquals(reference({ dtype: "float64" }).float, "float64");
    assertEquals(reference().name, "reference");
  });
  it("refuses another float", () => {
    assertThrowsExactly(
      () => reference({ dtype: "float16" as FloatType }),
      TypeError,
      "Cannot open the reference backend as dtype must be float32 or float64: found float16",
    );
  });
  it("counts exactly the bytes of its numbers", () => {
    const backend = reference({ dtype: "float64" });
    const x = zeros(backend, [3]);
    const labels = zeros(backend, [5], { dtype: "int32" });
    const all = { sizeBytes: 44, peakBytes: 44, storages: 2, allocations: 2 };
    assertEquals(backend.memory, all);
    x.dispose();
    assertEquals(backend.memory, { ...all, sizeBytes: 20, storages: 1 });
    labels.dispose();
  });
  it("says when it was closed", async () => {
    const backend = reference();
    const x = tensor(backend, [1]);
    await backend[Symbol.asyncDispose]();
    assertThrowsExactly(
      () => zeros(backend, [1]),
      Error,
      "Cannot allocate a tensor as the backend must be open: it was closed",
    );
    const error = await assertRejects(async () => await x.data(), Error);
    assertEquals(
      error.message,
      "Cannot use memory of the reference backend as it must not be released yet",
    );
    x.dispose();
    assertEquals(backend.memory.storages, 0);
  });
});
