import { assertClose } from "@gradus/testing";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { goldenTensor, readNumbers, resultLike } from "../golden/_read_numbers_test.ts";
import golden from "../golden/kernels.json" with { type: "json" };
import { reference } from "../reference.ts";

type Pair = readonly [number, number];

describe("pooling", () => {
  for (const { max, average, ...row } of golden.poolings) {
    const geometry = {
      window: row.window as unknown as Pair,
      stride: row.stride as unknown as Pair,
      padding: row.padding as unknown as Pair,
    };
    it(`gives PyTorch's outputs and gradients: x [${row.x.shape}], ${JSON.stringify(geometry)}`, async () => {
      const backend = reference({ dtype: "float64" });
      const x = goldenTensor(backend, row.x);

      const y = resultLike(backend, max.y);
      const indices = resultLike(backend, max.y, "int32");
      backend.maxPool2d(x, geometry, { y, indices });
      assertClose(await y.data(), readNumbers(max.y.values), 0);
      assertEquals(await indices.data(), Int32Array.from(readNumbers(max.indices.values)));
      const dx = resultLike(backend, row.x);
      backend.maxPool2dGradient({ dy: goldenTensor(backend, max.dy), indices }, geometry, dx);
      assertClose(await dx.data(), readNumbers(max.dx.values), 1e-15);

      backend.averagePool2d(x, geometry, y);
      assertClose(await y.data(), readNumbers(average.y.values), 1e-15);
      backend.averagePool2dGradient(goldenTensor(backend, average.dy), geometry, dx);
      assertClose(await dx.data(), readNumbers(average.dx.values), 1e-15);
    });
  }
});
