import type { Backend, Conv2dGeometry, Epilogue, Operand } from "../backend.ts";
import type { CpuBackend } from "../cpu.ts";
import { addressOf } from "../_cpu/storage.ts";
import { sizeOf } from "../shape.ts";
import type { BlasMachine, Finish } from "./blas_machine.ts";
import * as convolution from "./convolution.ts";
import { matmul } from "./matmul.ts";

/** Multiply-adds of a product that are worth the way to the library. */
const LARGE_PRODUCT = 1 << 12;

/** Multiply-adds of a convolution that are worth writing patches. */
const LARGE_CONVOLUTION = 1 << 15;

/**
 * Has a backend compute its large products and convolutions by a library, before its workers run.
 *
 * @returns The same backend.
 */
export function lendProducts(backend: CpuBackend, lent: BlasMachine): CpuBackend {
  const own = {
    matmul: backend.matmul.bind(backend),
    conv2d: backend.conv2d.bind(backend),
    conv2dInputGradient: backend.conv2dInputGradient.bind(backend),
    conv2dKernelGradient: backend.conv2dKernelGradient.bind(backend),
    close: backend.close.bind(backend),
  };
  let isClosed = false;
  const methods = {
    name: "blas",

    matmul(a, b, options, out) {
      const { transposeA = false, transposeB = false, accumulate = false } = options;
      const [m, n] = [out.shape[0]!, out.shape[1]!];
      const k = transposeA ? a.shape[0]! : a.shape[1]!;
      if (m * n * k < LARGE_PRODUCT) return own.matmul(a, b, options, out);
      const product = {
        m,
        n,
        k,
        a: addressOf(a),
        aStride: a.shape[1]!,
        transposeA,
        b: addressOf(b),
        bStride: b.shape[1]!,
        transposeB,
        c: addressOf(out),
        cStride: n,
        accumulate,
      };
      matmul(lent, product, finishOf(options));
    },

    conv2d(x, kernel, options, out) {
      if (!isLent({ kernel, y: out }, options)) return own.conv2d(x, kernel, options, out);
      convolution.conv2d(lent, { x, kernel, out }, { ...options, finish: finishOf(options) });
    },

    conv2dInputGradient(dy, kernel, options, out) {
      if (!isLent({ kernel, y: dy }, options) || options.stride.some((step) => step > 1)) {
        return own.conv2dInputGradient(dy, kernel, options, out);
      }
      convolution.conv2dInputGradient(lent, { dy, kernel, out }, options);
    },

    conv2dKernelGradient(x, dy, options, out) {
      if (!isLent({ kernel: out, y: dy }, options)) {
        return own.conv2dKernelGradient(x, dy, options, out);
      }
      convolution.conv2dKernelGradient(lent, { x, dy, out }, options);
    },

    async close() {
      await own.close();
      if (!isClosed) lent.blas.close();
      isClosed = true;
    },
  } satisfies Partial<Backend>;
  return Object.assign(backend, methods);
}

/** Not a small convolution, nor one of groups, which are many small products. */
function isLent(
  { kernel, y }: { kernel: Operand; y: Operand },
  { groups }: Conv2dGeometry,
): boolean {
  const [height, width, channels] = kernel.shape as [number, number, number];
  return groups === 1 && sizeOf(y.shape) * height * width * channels >= LARGE_CONVOLUTION;
}

function finishOf({ bias, activation }: Epilogue): Finish {
  return { bias: bias ? addressOf(bias) : 0, relu: activation === "relu" };
}
