import type { Backend, Operand } from "@gradus/tensor";
import { assert, assertEquals, assertInstanceOf, assertRejects, assertThrows } from "@std/assert";
import { assertIdentical, assertSame } from "./agreement.ts";
import type { Contract } from "./kernel_contract.ts";

export const memoryContract: Contract<
  "memory" | "allocate" | "release" | "write" | "read" | "pace" | "close"
> = {
  memory(test) {
    test("counts storages and bytes, and remembers the peak", (backend) => {
      const before = backend.memory;
      const a = backend.allocate(backend.float, 1000, "a test");
      const b = backend.allocate("int32", 17, "a test");
      const during = backend.memory;
      assertEquals(during.storages, before.storages + 2);
      assertEquals(during.allocations, before.allocations + 2);
      assert(during.sizeBytes >= before.sizeBytes + 1000 * bytesOf(backend) + 17 * 4);
      assert(during.peakBytes >= during.sizeBytes);
      backend.release(a);
      backend.release(b);
      const after = backend.memory;
      assertEquals(after.storages, before.storages);
      assertEquals(after.sizeBytes, before.sizeBytes);
      assertEquals(after.allocations, before.allocations + 2);
      assertEquals(after.peakBytes, during.peakBytes);
    });
    test("returns to where it was after many allocations and releases", (backend) => {
      const before = backend.memory;
      const lengths = [1, 2, 3, 5, 17, 64, 1000, 4096, 10_007];
      for (let round = 0; round < 20; round++) {
        const storages = lengths.map((length) =>
          backend.allocate(backend.float, length + round, "a test")
        );
        // The odd ones first: memory is not given back in the order it was taken.
        storages.filter((_, i) => i % 2 === 1).forEach((storage) => backend.release(storage));
        storages.filter((_, i) => i % 2 === 0).forEach((storage) => backend.release(storage));
      }
      assertEquals(backend.memory.sizeBytes, before.sizeBytes);
      assertEquals(backend.memory.storages, before.storages);
    });
  },

  allocate(test) {
    test("says of what type and length the storage is", (backend) => {
      const storage = backend.allocate("int32", 17, "a test");
      assertEquals([storage.dtype, storage.length], ["int32", 17]);
      backend.release(storage);
    });
    test("gives zeros, in memory that was used before too", async (backend) => {
      for (const length of [1, 3, 17, 1000, 100_003]) {
        for (let round = 0; round < 3; round++) {
          const storage = backend.allocate(backend.float, length, "a test");
          assertIdentical(
            await backend.read(storage, 0, length),
            new Float32Array(length),
            `a storage of ${length}`,
          );
          backend.fill(7, operand(storage));
          backend.release(storage);
        }
      }
    });
    test("gives zeros where int32 take the place of real numbers", async (backend) => {
      const real = backend.allocate("int32", 64, "a test");
      backend.write(real, new Int32Array(64).fill(-1), 0);
      backend.release(real);
      const whole = backend.allocate(backend.float, 64, "a test");
      assertSame(await backend.read(whole, 0, 64), new Float32Array(64), "the storage");
      backend.release(whole);
    });
    test("keeps storages apart", async (backend) => {
      const storages = Array.from(
        { length: 20 },
        (_, i) => backend.allocate(backend.float, 1 + 3 * i, "a test"),
      );
      storages.forEach((storage, i) => backend.fill(i, operand(storage)));
      for (const [i, storage] of storages.entries()) {
        const values = await backend.read(storage, 0, storage.length);
        assert(values.every((value) => value === i), `storage ${i} holds ${values}`);
        backend.release(storage);
      }
    });
  },

  release(test) {
    test("takes effect after the kernels that were called before it", async (backend) => {
      const [x, y] = [0, 1].map(() => backend.allocate(backend.float, 64, "a test")) as [
        Operand["storage"],
        Operand["storage"],
      ];
      backend.write(x, numbersOf(backend, new Array(64).fill(3)), 0);
      backend.copy(operand(x), operand(y));
      backend.release(x);
      // What now may lie where x lay must not reach the copy.
      const z = backend.allocate(backend.float, 64, "a test");
      backend.write(z, numbersOf(backend, new Array(64).fill(9)), 0);
      assertSame(await backend.read(y, 0, 64), new Array(64).fill(3), "the copy");
      assertSame(await backend.read(z, 0, 64), new Array(64).fill(9), "the new storage");
      backend.release(y);
      backend.release(z);
    });
    test("does not disturb a read that was called before it", async (backend) => {
      const x = backend.allocate(backend.float, 64, "a test");
      backend.fill(3, operand(x));
      const reading = backend.read(x, 0, 64);
      backend.release(x);
      const y = backend.allocate(backend.float, 64, "a test");
      backend.fill(9, operand(y));
      assertSame(await reading, new Array(64).fill(3), "the earlier read");
      backend.release(y);
    });
  },

  write(test) {
    test("overwrites a part, and copies its source at once", async (backend) => {
      const x = backend.allocate(backend.float, 7, "a test");
      backend.write(x, numbersOf(backend, [1, 2, 3, 4, 5, 6, 7]), 0);
      const part = numbersOf(backend, [30, 40]);
      backend.write(x, part, 2);
      part.fill(-1);
      assertSame(await backend.read(x, 0, 7), [1, 2, 30, 40, 5, 6, 7], "the storage");
      backend.release(x);
    });
    test("stores every bit", async (backend) => {
      const x = backend.allocate(backend.float, 7, "a test");
      const values = numbersOf(backend, [NaN, Infinity, -Infinity, -0, 2 ** -149, 2 ** -126, 3e38]);
      backend.write(x, values, 0);
      assertIdentical(await backend.read(x, 0, 7), values, "the storage");
      backend.release(x);
      const labels = backend.allocate("int32", 3, "a test");
      backend.write(labels, new Int32Array([2 ** 31 - 1, -(2 ** 31), 2 ** 24 + 1]), 0);
      assertEquals(
        await backend.read(labels, 0, 3),
        new Int32Array([2 ** 31 - 1, -(2 ** 31), 2 ** 24 + 1]),
      );
      backend.release(labels);
    });
    test("takes effect in the order of the calls", async (backend) => {
      const [x, y] = [0, 1].map(() => backend.allocate(backend.float, 3, "a test")) as [
        Operand["storage"],
        Operand["storage"],
      ];
      backend.write(x, numbersOf(backend, [1, 1, 1]), 0);
      backend.copy(operand(x), operand(y));
      backend.write(x, numbersOf(backend, [2, 2, 2]), 0);
      const first = backend.read(y, 0, 3);
      backend.binary("add", operand(x), operand(y), operand(y));
      backend.write(x, numbersOf(backend, [5, 5, 5]), 0);
      const second = backend.read(y, 0, 3);
      backend.write(y, numbersOf(backend, [8]), 1);
      backend.binary("multiply", operand(y), operand(x), operand(y));
      const third = backend.read(y, 0, 3);
      assertSame(await third, [15, 40, 15], "the third read");
      assertSame(await first, [1, 1, 1], "the first read");
      assertSame(await second, [3, 3, 3], "the second read");
      backend.release(x);
      backend.release(y);
    });
  },

  read(test) {
    test("gives a fresh array of the storage's type, which nobody shares", async (backend) => {
      const x = backend.allocate(backend.float, 5, "a test");
      backend.write(x, numbersOf(backend, [1, 2, 3, 4, 5]), 0);
      const [a, b] = await Promise.all([backend.read(x, 0, 5), backend.read(x, 0, 5)]);
      assertInstanceOf(a, backend.float === "float32" ? Float32Array : Float64Array);
      assertInstanceOf(a.buffer, ArrayBuffer);
      assert(a.buffer !== b.buffer);
      a.fill(-1);
      assertSame(b, [1, 2, 3, 4, 5], "the other read");
      assertSame(await backend.read(x, 0, 5), [1, 2, 3, 4, 5], "the storage");
      backend.release(x);
      const labels = backend.allocate("int32", 2, "a test");
      assertInstanceOf(await backend.read(labels, 0, 2), Int32Array);
      backend.release(labels);
    });
    test("gives a part", async (backend) => {
      const x = backend.allocate(backend.float, 5, "a test");
      backend.write(x, numbersOf(backend, [1, 2, 3, 4, 5]), 0);
      assertSame(await backend.read(x, 3, 2), [4, 5], "the end");
      assertSame(await backend.read(x, 1, 1), [2], "one number");
      backend.release(x);
    });
    test("gives what was there when it was called", async (backend) => {
      const x = backend.allocate(backend.float, 3, "a test");
      backend.write(x, numbersOf(backend, [1, 2, 3]), 0);
      const reading = backend.read(x, 0, 3);
      backend.write(x, numbersOf(backend, [4, 5, 6]), 0);
      const later = backend.read(x, 0, 3);
      backend.fill(0, operand(x));
      assertSame(await reading, [1, 2, 3], "the first read");
      assertSame(await later, [4, 5, 6], "the second read");
      backend.release(x);
    });
    test("waits for a thousand kernels", async (backend) => {
      const x = backend.allocate(backend.float, 3, "a test");
      for (let i = 0; i < 1000; i++) backend.binary("add", operand(x), 1, operand(x));
      assertSame(await backend.read(x, 0, 3), [1000, 1000, 1000], "the storage");
      backend.release(x);
    });
  },

  pace(test) {
    test("resolves again and again, and leaves kernels in their order", async (backend) => {
      const x = backend.allocate(backend.float, 3, "a test");
      for (let i = 0; i < 10; i++) {
        backend.binary("add", operand(x), 1, operand(x));
        await backend.pace?.();
      }
      assertSame(await backend.read(x, 0, 3), [10, 10, 10], "the storage");
      backend.release(x);
    });
  },

  close(test) {
    test("ends the backend: nothing can be allocated, run or read afterwards", async (_, open) => {
      const backend = await open();
      const x = backend.allocate(backend.float, 3, "a test");
      backend.fill(1, operand(x));
      await backend.close();
      assertThrows(() => backend.allocate(backend.float, 3, "a test"), Error);
      assertThrows(() => backend.fill(2, operand(x)), Error);
      assertThrows(() => backend.write(x, numbersOf(backend, [1]), 0), Error);
      // Whether it throws or rejects does not matter to who awaits it.
      await assertRejects(async () => await backend.read(x, 0, 3), Error);
    });
    test("may be called twice, and tensors may be released after it", async (_, open) => {
      const backend = await open();
      const x = backend.allocate(backend.float, 3, "a test");
      await backend.close();
      backend.release(x);
      await backend.close();
      await backend[Symbol.asyncDispose]();
    });
    test("lets two backends be open at once, each with memory of its own", async (one, open) => {
      const other = await open();
      const [x, y] = [one, other].map((backend) =>
        backend.allocate(backend.float, 3, "a test")
      ) as [
        Operand["storage"],
        Operand["storage"],
      ];
      one.fill(1, operand(x));
      other.fill(2, operand(y));
      assertSame(await one.read(x, 0, 3), [1, 1, 1], "the first backend's storage");
      assertSame(await other.read(y, 0, 3), [2, 2, 2], "the second backend's storage");
      await other.close();
      one.binary("add", operand(x), 1, operand(x));
      assertSame(await one.read(x, 0, 3), [2, 2, 2], "the first backend's storage");
      one.release(x);
    });
  },
};

function operand(storage: Operand["storage"]): Operand {
  return { storage, shape: [storage.length], dtype: storage.dtype };
}

function bytesOf(backend: Backend): number {
  return backend.float === "float32" ? 4 : 8;
}

function numbersOf(backend: Backend, values: number[]): Float32Array | Float64Array {
  return backend.float === "float32" ? new Float32Array(values) : new Float64Array(values);
}
