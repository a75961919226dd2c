import { assertClose } from "@gradus/testing";
import { describe, it } from "@std/testing/bdd";
import { goldenTensor, readNumbers, resultLike } from "../golden/_read_numbers_test.ts";
import golden from "../golden/kernels.json" with { type: "json" };
import { reference } from "../reference.ts";
import type { Tensor } from "../tensor.ts";

type Pair = readonly [number, number];

describe("convolution", () => {
  for (const row of golden.convolutions) {
    const geometry = {
      stride: row.stride as unknown as Pair,
      padding: row.padding as unknown as Pair,
      dilation: row.dilation as unknown as Pair,
      groups: row.groups,
    };
    it(`gives PyTorch's output and gradients: kernel [${row.kernel.shape}], ${JSON.stringify(geometry)}`, async () => {
      const backend = reference({ dtype: "float64" });
      const [x, kernel, bias, dy] = [row.x, row.kernel, row.bias, row.dy].map((numbers) =>
        goldenTensor(backend, numbers)
      ) as [x: Tensor, kernel: Tensor, bias: Tensor, dy: Tensor];
      const [y, dx, dw] = [row.y, row.x, row.kernel].map((numbers) =>
        resultLike(backend, numbers)
      ) as [
        Tensor,
        Tensor,
        Tensor,
      ];
      backend.conv2d(x, kernel, { ...geometry, bias }, y);
      backend.conv2dInputGradient(dy, kernel, geometry, dx);
      backend.conv2dKernelGradient(x, dy, geometry, dw);
      assertClose(await y.data(), readNumbers(row.y.values), 1e-14);
      assertClose(await dx.data(), readNumbers(row.dx.values), 1e-14);
      assertClose(await dw.data(), readNumbers(row.dkernel.values), 1e-14);
    });
  }
});
