import { assertEquals } from "@std/assert";
import { networks } from "./networks.ts";
import {
  batchesOf,
  matricesOf,
  oneHot,
  rowsByChannel,
  transposed,
  weightsOf,
} from "./peer_inputs.ts";

Deno.test("transposed() moves axes", () => {
  const x = { data: new Float32Array([0, 1, 2, 3, 4, 5]), shape: [1, 2, 3] };
  assertEquals(transposed(x, [2, 0, 1]), {
    data: new Float32Array([0, 3, 1, 4, 2, 5]),
    shape: [3, 1, 2],
  });
  assertEquals(transposed(x, [0, 1, 2]), x);
});

Deno.test("rowsByChannel() orders the rows of a dense layer behind images", () => {
  // Images of 2 × 2 × 3, one unit; each number tells its row.
  const weight = { data: Float32Array.from({ length: 12 }, (_, i) => i), shape: [12, 1] };
  assertEquals([...rowsByChannel(weight, 3).data], [0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11]);
});

Deno.test("oneHot() has a single 1 in each row", () => {
  assertEquals(oneHot(new Int32Array([1, 0]), 3), {
    data: new Float32Array([0, 1, 0, 1, 0, 0]),
    shape: [2, 3],
  });
});

Deno.test("matricesOf() has as many rows and products as the amount says", () => {
  const shapes = (amount: number) => {
    const { a, b, times } = matricesOf("W1-64", amount);
    return [a.shape, b.shape, times];
  };
  assertEquals(shapes(6400), [[64, 64], [64, 64], 100]);
  assertEquals(shapes(1), [[1, 64], [64, 64], 1]);
});

Deno.test("weightsOf() and batchesOf() follow the network", () => {
  assertEquals(weightsOf(networks.W4).map(({ shape }) => shape), [
    [3, 3, 3, 32],
    [3, 3, 32, 32],
    [3, 3, 32, 64],
    [3, 3, 64, 64],
    [4096, 128],
    [128, 10],
  ]);
  const batches = batchesOf(networks.W5, 50);
  assertEquals(batches.map(({ x, y }) => [...x.shape, y.length]).slice(-2), [[16, 4, 16], [
    9,
    4,
    9,
  ]]);
});
