import { type Conv2dGeometry, Tensor, tensor } from "@gradus/tensor";
import { filled, weightScale } from "./filled.ts";
import type { Workload } from "./workload.ts";

const [SIZE, CHANNELS, FILTERS, KERNEL] = [32, 32, 64, 3];

const GEOMETRY: Conv2dGeometry = {
  stride: [1, 1],
  padding: [1, 1],
  dilation: [1, 1],
  groups: 1,
};

/**
 * W2: a convolution of 64 images of 32 × 32 × 32 with a kernel 3 × 3 to 64 channels, stride 1, padding
 * "same"; forward alone, or with the gradients of image and kernel.
 *
 * @param directions How many of the three directions.
 * @returns The workload; its amount is images.
 */
export function convolution(directions: "forward" | "all"): Workload {
  const isForward = directions === "forward";
  return {
    name: isForward ? "W2-forward" : "W2",
    title: `convolution 3 × 3 of 32 × 32 × 32 to 64 channels, batch 64, ${
      isForward ? "forward" : "forward and backward"
    }`,
    unit: "GFLOP/s",
    amount: 64,
    checkAmount: 2,
    // The kernel's gradient sums over all pixels of the batch.
    longestSum: isForward ? KERNEL ** 2 * CHANNELS : 2 * SIZE ** 2,
    cost: (images) => ({
      flops: (isForward ? 1 : 3) * 2 * images * SIZE ** 2 * KERNEL ** 2 * CHANNELS * FILTERS,
      bytes: 0,
    }),
    setup(backend, images) {
      const inputs = KERNEL ** 2 * CHANNELS;
      const [xShape, yShape] = [CHANNELS, FILTERS].map((
        channels,
      ) => [images, SIZE, SIZE, channels]);
      const x = tensor(backend, filled(images * SIZE ** 2 * CHANNELS, { seed: 0 }), {
        shape: xShape,
      });
      const kernel = tensor(
        backend,
        filled(inputs * FILTERS, { seed: 1, scale: weightScale(inputs) }),
        { shape: [KERNEL, KERNEL, CHANNELS, FILTERS] },
      );
      const y = new Tensor(backend, yShape!);
      if (isForward) {
        return {
          outputs: [y],
          run: async () => {
            backend.conv2d(x, kernel, GEOMETRY, y);
            return (await backend.read(y.storage, 0, 1))[0]!;
          },
        };
      }
      const dy = tensor(backend, filled(images * SIZE ** 2 * FILTERS, { seed: 2 }), {
        shape: yShape,
      });
      const dx = new Tensor(backend, xShape!);
      const dKernel = new Tensor(backend, kernel.shape);
      return {
        outputs: [y, dx, dKernel],
        run: async () => {
          backend.conv2d(x, kernel, GEOMETRY, y);
          backend.conv2dInputGradient(dy, kernel, GEOMETRY, dx);
          backend.conv2dKernelGradient(x, dy, GEOMETRY, dKernel);
          return (await backend.read(dKernel.storage, 0, 1))[0]!;
        },
      };
    },
  };
}
