import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { Heap } from "./heap.ts";

const PAGE_BYTES = 65536;

Deno.test("a heap gives zeros at multiples of 64, and takes blocks back", () => {
  const heap = new Heap({ isShared: false, maximumBytes: 64 * PAGE_BYTES });
  const a = heap.allocate(100, "a");
  assertEquals(a % 64, 0);
  heap.bytes.fill(7, a, a + 100);
  heap.release(a, 100);
  assertEquals(heap.usedBytes, 0);
  const b = heap.allocate(100, "b");
  assertEquals(b, a);
  assert(heap.bytes.subarray(b, b + 100).every((byte) => byte === 0));
});

Deno.test("a heap grows, and keeps what it holds", () => {
  for (const isShared of [false, true]) {
    const heap = new Heap({ isShared, maximumBytes: 256 * PAGE_BYTES });
    const small = heap.allocate(8, "small");
    heap.bytes[small] = 5;
    const large = heap.allocate(100 * PAGE_BYTES, "large");
    assertEquals(heap.bytes[small], 5);
    heap.bytes[large + 100 * PAGE_BYTES - 1] = 6;
    heap.release(large, 100 * PAGE_BYTES);
    const before = heap.memory.buffer.byteLength;
    heap.release(heap.allocate(100 * PAGE_BYTES, "large again"), 100 * PAGE_BYTES);
    assertEquals(heap.memory.buffer.byteLength, before);
  }
});

Deno.test("a heap without room says how much was asked for, and by what", () => {
  const heap = new Heap({ isShared: false, maximumBytes: 20 * PAGE_BYTES });
  heap.allocate(64, "a");
  assertThrows(
    () => heap.allocate(30 * PAGE_BYTES, "the output of conv2d"),
    RangeError,
    `Cannot allocate the output of conv2d as ${30 * PAGE_BYTES} bytes must be free: 64 of at most ${
      20 * PAGE_BYTES
    } are in use`,
  );
  // What fits still does.
  heap.allocate(PAGE_BYTES, "b");
});

Deno.test("blocks of a heap never overlap, and all of them come back", () => {
  const step = fc.record({ sizeBytes: fc.integer({ min: 1, max: 5000 }), drops: fc.nat() });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const heap = new Heap({ isShared: false, maximumBytes: 64 * PAGE_BYTES });
      const held: { address: number; sizeBytes: number }[] = [];
      for (const { sizeBytes, drops } of steps) {
        const address = heap.allocate(sizeBytes, "a block");
        for (const other of held) {
          assert(
            address + sizeBytes <= other.address || other.address + other.sizeBytes <= address,
          );
        }
        held.push({ address, sizeBytes });
        if (drops % 2 === 0) {
          const [dropped] = held.splice(drops % held.length, 1);
          heap.release(dropped!.address, dropped!.sizeBytes);
        }
      }
      for (const { address, sizeBytes } of held) heap.release(address, sizeBytes);
      assertEquals(heap.usedBytes, 0);
      // One stretch again: a block of all that was ever used fits at the start.
      assertEquals(heap.allocate(60 * 5056, "all") % 64, 0);
    }),
    { numRuns: 100 },
  );
});

/** Allocates blocks, and releases those that `drops` picks; says what is left. */
function runSteps(
  heap: Heap,
  steps: readonly { sizeBytes: number; drops: number }[],
  visit: (block: { address: number; sizeBytes: number }, event: "new" | "old") => void = () => {},
): { address: number; sizeBytes: number }[] {
  const held: { address: number; sizeBytes: number }[] = [];
  for (const { sizeBytes, drops } of steps) {
    const block = { address: heap.allocate(sizeBytes, "a block"), sizeBytes };
    visit(block, "new");
    held.push(block);
    if (drops % 2 === 1) {
      const [dropped] = held.splice(drops % held.length, 1);
      visit(dropped!, "old");
      heap.release(dropped!.address, dropped!.sizeBytes);
    }
  }
  return held;
}

const steps = fc.array(
  fc.record({ sizeBytes: fc.integer({ min: 0, max: 4 * PAGE_BYTES }), drops: fc.nat() }),
  { maxLength: 40 },
);

Deno.test("a block of a heap is zero at first, and keeps what is written, also where the heap grows", () => {
  fc.assert(
    fc.property(steps, fc.boolean(), (steps, isShared) => {
      const heap = new Heap({ isShared, maximumBytes: 256 * PAGE_BYTES });
      const words = new Map<number, Uint8Array>();
      const check = ({ address, sizeBytes }: { address: number; sizeBytes: number }) =>
        assertEquals(heap.bytes.slice(address, address + sizeBytes), words.get(address));
      const held = runSteps(heap, steps, (block, event) => {
        if (event === "old") return check(block);
        const { address, sizeBytes } = block;
        assert(heap.bytes.subarray(address, address + sizeBytes).every((byte) => byte === 0));
        heap.bytes.fill(1 + words.size % 255, address, address + sizeBytes);
        words.set(address, heap.bytes.slice(address, address + sizeBytes));
      });
      held.forEach(check);
    }),
    { numRuns: 20 },
  );
});

Deno.test("a heap that is used and emptied again and again stops growing", () => {
  fc.assert(
    fc.property(steps, (steps) => {
      const heap = new Heap({ isShared: false, maximumBytes: 256 * PAGE_BYTES });
      const sizes = [1, 2, 3, 4, 5].map(() => {
        for (const { address, sizeBytes } of runSteps(heap, steps)) {
          heap.release(address, sizeBytes);
        }
        assertEquals(heap.usedBytes, 0);
        return heap.bytes.length;
      });
      // The first time it grows under blocks that are in use, which the next times may lie otherwise.
      assertEquals(sizes.slice(2), [sizes[1], sizes[1], sizes[1]]);
    }),
    { numRuns: 20 },
  );
});
