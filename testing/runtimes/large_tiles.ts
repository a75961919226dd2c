import { type Backend, sizeOf, tensor, zeros } from "@gradus/tensor";

/** One pixel of zeros around images, and a tap for each pixel. */
const SAME = { stride: [1, 1], padding: [1, 1], dilation: [1, 1], groups: 1 } as const;

/**
 * The gradient of the kernel of a first convolution, of so many images that it is cut into large tiles: of the
 * programs of a training on images the longest. Its sums are whole numbers, the same in any order.
 */
export async function largeTiles(backend: Backend): Promise<readonly number[]> {
  const whole = (shape: readonly number[]) => {
    const numbers = Float32Array.from({ length: sizeOf(shape) }, (_, i) => i * i % 7 - 3);
    return tensor(backend, numbers, { shape });
  };
  const [x, dy] = [whole([32, 32, 32, 3]), whole([32, 32, 32, 8])];
  const gradient = zeros(backend, [3, 3, 3, 8]);
  backend.conv2dKernelGradient(x, dy, SAME, gradient);
  return [...await gradient.data()];
}
