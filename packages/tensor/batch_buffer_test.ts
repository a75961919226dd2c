import { assertThrowsExactly } from "@gradus/testing";
import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { BatchBuffer } from "./batch_buffer.ts";
import { reference } from "./reference.ts";
import { ShapeError } from "./shape_error.ts";

describe("BatchBuffer", () => {
  it("take() gives the same tensor for the same shape, and allocates once", () => {
    const backend = reference();
    const buffer = new BatchBuffer(backend, { purpose: "a test" });
    assertStrictEquals(backend.memory.allocations, 0);
    const full = buffer.take([16, 3]);
    const last = buffer.take([5, 3]);
    for (let epoch = 0; epoch < 3; epoch++) {
      for (let step = 0; step < 10; step++) assertStrictEquals(buffer.take([16, 3]), full);
      assertStrictEquals(buffer.take([5, 3]), last);
    }
    assertEquals([full.shape, last.shape], [[16, 3], [5, 3]]);
    assert(full.storage === last.storage);
    assertEquals([backend.memory.allocations, backend.memory.storages], [1, 1]);
  });
  it("take() gives another shape of the same size without new memory", () => {
    const backend = reference();
    const buffer = new BatchBuffer(backend, { purpose: "a test" });
    assert(buffer.take([2, 6]).storage === buffer.take([3, 4]).storage);
    assertStrictEquals(backend.memory.allocations, 1);
  });
  it("take() replaces its memory for a larger batch, and older views throw", () => {
    const backend = reference();
    const buffer = new BatchBuffer(backend, { purpose: "a test" });
    const small = buffer.take([2, 3]);
    const smaller = buffer.take([1, 3]);
    const large = buffer.take([4, 3]);
    assertEquals([backend.memory.allocations, backend.memory.storages], [2, 1]);
    assertStrictEquals(large.storage.length, 12);
    for (const old of [small, smaller]) {
      assertThrowsExactly(
        () => old.storage,
        Error,
        "Cannot use a tensor of shape [2, 3] as its memory must still be its own: it was disposed, or replaced by a larger batch's",
      );
    }
    const again = buffer.take([2, 3]);
    assert(again !== small);
    assert(again.storage === large.storage);
  });
  it("has the backend's float, or the dtype that is asked", () => {
    const backend = reference({ dtype: "float64" });
    const take = (options: { dtype?: "int32" }) =>
      new BatchBuffer(backend, { purpose: "a test", ...options }).take([1]).dtype;
    assertEquals([take({}), take({ dtype: "int32" })], ["float64", "int32"]);
  });
  it("names its purpose where there is not enough memory", () => {
    assertThrowsExactly(
      () => new BatchBuffer(reference(), { purpose: "output of dense" }).take([2 ** 40]),
      RangeError,
      "Cannot allocate output of dense as 4398046511104 bytes must be free: 0 are in use",
    );
  });
  it("take() refuses what is no shape, before and after it has memory", () => {
    const buffer = new BatchBuffer(reference(), { purpose: "a test" });
    for (let round = 0; round < 2; round++) {
      for (const length of [0, NaN, 0.5]) {
        assertThrowsExactly(
          () => buffer.take([length]),
          ShapeError,
          `Cannot use a shape as each length must be a whole number of at least 1: found ${length} in [${length}]`,
        );
      }
      buffer.take([2]);
    }
  });
  it("dispose() gives the memory back, and take() allocates anew", () => {
    const backend = reference();
    const buffer = new BatchBuffer(backend, { purpose: "a test" });
    const y = buffer.take([2]);
    buffer.dispose();
    buffer[Symbol.dispose]();
    assertEquals([backend.memory.sizeBytes, backend.memory.storages], [0, 0]);
    assert(buffer.take([2]) !== y);
    assertStrictEquals(backend.memory.allocations, 2);
  });
});
