import type { Backend, Conv2dGeometry, Epilogue, Operand } from "../backend.ts";
import type { CpuBackend } from "../cpu.ts";
import type { Heap } from "../_cpu/heap.ts";
import { addMovement } from "../_cpu/kernels/movement.ts";
import { Library } from "../_cpu/library.ts";
import { addressOf } from "../_cpu/storage.ts";
import { sizeOf } from "../shape.ts";
import * as convolution from "./convolution.ts";
import { fillRows } from "./fill_rows.ts";
import type { Blas } from "./open_blas.ts";
import { Workspace } from "./workspace.ts";

/** Multiply-adds of a product that are worth the way to the library. */
const LARGE_PRODUCT = 1 << 12;

/** Multiply-adds of a convolution that are worth writing patches. */
const LARGE_CONVOLUTION = 1 << 15;

/**
 * Multiply-adds of an op that are worth the library's own threads: they wait in turns with those of the
 * backend, and each switch may cost some fifty microseconds.
 */
const HUGE = 1 << 27;

/**
 * Has a backend compute its large products and convolutions by a library.
 *
 * @returns The same backend.
 */
export function lendProducts(
  backend: CpuBackend,
  { heap, blas }: { heap: Heap; blas: Blas },
): CpuBackend {
  const library = new Library(heap);
  const { copyRows, copyStrided } = addMovement(library);
  const tools = {
    heap,
    blas,
    workspace: new Workspace(heap),
    turned: new Workspace(heap),
    copyRows: library.take(copyRows),
    copyStrided: library.take(copyStrided),
  };
  const own = {
    matmul: backend.matmul.bind(backend),
    conv2d: backend.conv2d.bind(backend),
    conv2dInputGradient: backend.conv2dInputGradient.bind(backend),
    conv2dKernelGradient: backend.conv2dKernelGradient.bind(backend),
    close: backend.close.bind(backend),
  };
  let isClosed = false;
  const lent = {
    name: "blas",

    matmul(a, b, options, out) {
      const { transposeA = false, transposeB = false, accumulate = false, bias } = options;
      const [m, n] = [out.shape[0]!, out.shape[1]!];
      const k = transposeA ? a.shape[0]! : a.shape[1]!;
      if (m * n * k < LARGE_PRODUCT) return own.matmul(a, b, options, out);
      if (bias && accumulate) backend.binary("add", out, bias, out);
      else if (bias) {
        fillRows(heap, { row: addressOf(bias), length: n, to: addressOf(out), rows: m });
      }
      blas.multiply({
        m,
        n,
        k,
        a: addressOf(a),
        transposeA,
        b: addressOf(b),
        transposeB,
        c: addressOf(out),
        accumulate: accumulate || Boolean(bias),
        threads: threadsFor(m * n * k),
      });
      activate(options, out);
    },

    conv2d(x, kernel, options, out) {
      const tools = toolsFor({ kernel, y: out }, options);
      if (tools === null) return own.conv2d(x, kernel, options, out);
      convolution.conv2d(tools, { x, kernel, bias: options.bias ?? null, out }, options);
      activate(options, out);
    },

    conv2dInputGradient(dy, kernel, options, out) {
      const tools = toolsFor({ kernel, y: dy }, options);
      if (tools === null || !convolution.isTurnable(kernel, options)) {
        return own.conv2dInputGradient(dy, kernel, options, out);
      }
      convolution.conv2dInputGradient(tools, { dy, kernel, out }, options);
    },

    conv2dKernelGradient(x, dy, options, out) {
      const tools = toolsFor({ kernel: out, y: dy }, options);
      if (tools === null) return own.conv2dKernelGradient(x, dy, options, out);
      convolution.conv2dKernelGradient(tools, { x, dy, out }, options);
    },

    async close() {
      if (!isClosed) blas.close();
      isClosed = true;
      await own.close();
    },
  } satisfies Partial<Backend>;
  return Object.assign(backend, lent);

  /** Nothing for a small convolution, or for one of groups, which are many small products. */
  function toolsFor(
    { kernel, y }: { kernel: Operand; y: Operand },
    { groups }: Conv2dGeometry,
  ): convolution.ConvolutionTools | null {
    const [height, width, channels] = kernel.shape as [number, number, number];
    const products = sizeOf(y.shape) * height * width * channels;
    if (groups > 1 || products < LARGE_CONVOLUTION) return null;
    return { ...tools, threads: threadsFor(products) };
  }

  function threadsFor(products: number): number {
    return products < HUGE ? 1 : backend.threads;
  }

  function activate({ activation }: Epilogue, out: Operand): void {
    if (activation === "relu") backend.unary("relu", out, out);
  }
}
