import { assertEquals } from "@std/assert";
import * as fc from "fast-check";
import {
  behindBatch,
  channelsFirst,
  channelsFirstRows,
  channelsLast,
  inverse,
  transpose,
} from "./_transpose.ts";

Deno.test("transpose() puts each number where the axes say", () => {
  // [2, 3] to [3, 2], and [1, 2, 3] to [3, 1, 2]
  const x = new Float32Array([1, 2, 3, 4, 5, 6]);
  assertEquals([...transpose(x, { shape: [2, 3], axes: [1, 0] })], [1, 4, 2, 5, 3, 6]);
  assertEquals([...transpose(x, { shape: [1, 2, 3], axes: [2, 0, 1] })], [1, 4, 2, 5, 3, 6]);
  assertEquals([...transpose(x, { shape: [2, 3], axes: [0, 1] })], [...x]);
  assertEquals([...transpose(x.subarray(0, 1), { shape: [], axes: [] })], [1]);
});

Deno.test("inverse() undoes a transposition", () => {
  const any = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 5 }).chain((
    shape,
  ) =>
    fc.record({
      shape: fc.constant(shape),
      axes: fc.shuffledSubarray([...shape.keys()], { minLength: shape.length }),
    })
  );
  fc.assert(fc.property(any, (transposition) => {
    const size = transposition.shape.reduce((product, length) => product * length, 1);
    const x = Float32Array.from({ length: size }, (_, i) => i);
    assertEquals(transpose(transpose(x, transposition), inverse(transposition)), x);
  }));
});

Deno.test("channelsFirst() and channelsLast() are the axes of images, and of what is alike", () => {
  assertEquals([channelsFirst(3), channelsLast(3)], [[2, 0, 1], [1, 2, 0]]);
  assertEquals([channelsFirst(2), channelsLast(2)], [[1, 0], [1, 0]]);
  assertEquals(behindBatch(channelsFirst(3)), [0, 3, 1, 2]);
  assertEquals(channelsFirstRows([4, 5, 2], 7), { shape: [4, 5, 2, 7], axes: [2, 0, 1, 3] });
});
