import {
  type Conv2dGeometry,
  type Shape,
  sizeOf,
  type Tensor,
  tensor,
  zeros,
} from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { assert, assertEquals } from "@std/assert";
import type { Backend } from "../backend.ts";
import { openMachine } from "../_cpu/open_machine.ts";
import { WasmBackend } from "../_cpu/wasm_backend.ts";
import { loops } from "./_loops_test.ts";
import { BlasMachine } from "./blas_machine.ts";
import { lendProducts } from "./lend_products.ts";

async function open() {
  const machine = await openMachine({ threads: 1 });
  const blas = loops(machine.heap);
  const backend = lendProducts(new WasmBackend(machine), new BlasMachine(machine, blas));
  return { backend, blas, heap: machine.heap };
}

/** Whole numbers, of which float32 holds every sum exactly. */
function wholeNumbers(backend: Backend, shape: Shape, seed: number): Tensor {
  let state = seed;
  const values = Float32Array.from({ length: sizeOf(shape) }, () => {
    state = (state * 48271) % 2147483647;
    return state % 9 - 4;
  });
  return tensor(backend, values, { shape });
}

interface Convolution {
  readonly x: Shape;
  readonly kernel: Shape;
  readonly y: Shape;
  readonly geometry: Conv2dGeometry;
  /** Products that each direction should ask for. */
  readonly products: readonly [forward: number, input: number, kernel: number];
}

const SAME = { stride: [1, 1], padding: [1, 1], dilation: [1, 1], groups: 1 } as const;

const convolutions: Record<string, Convolution> = {
  "rows of the kernel apart, image by image": {
    x: [2, 17, 16, 22],
    kernel: [3, 3, 22, 24],
    y: [2, 17, 16, 24],
    geometry: SAME,
    products: [6, 6, 6],
  },
  "rows of the kernel apart, with holes between columns": {
    x: [1, 18, 18, 22],
    kernel: [3, 3, 22, 24],
    y: [1, 18, 16, 24],
    geometry: { ...SAME, padding: [1, 2], dilation: [1, 3] },
    products: [3, 3, 3],
  },
  "holes between rows": {
    x: [1, 20, 18, 22],
    kernel: [3, 3, 22, 24],
    y: [1, 18, 18, 24],
    geometry: { ...SAME, dilation: [2, 1] },
    products: [1, 1, 1],
  },
  "rows of the kernel apart, at a stride as wide as the holes": {
    x: [1, 35, 18, 32],
    kernel: [2, 2, 32, 3],
    y: [1, 17, 18, 3],
    geometry: { stride: [2, 1], padding: [0, 1], dilation: [2, 1], groups: 1 },
    products: [2, 0, 2],
  },
  "images cut into strips of rows": {
    x: [2, 57, 64, 30],
    kernel: [3, 3, 30, 3],
    y: [2, 57, 64, 3],
    geometry: SAME,
    products: [12, 1, 12],
  },
  "several images at once": {
    x: [70, 8, 9, 10],
    kernel: [3, 3, 10, 5],
    y: [70, 8, 9, 5],
    geometry: SAME,
    products: [2, 1, 2],
  },
  "a stride alone, which the input's gradient is not lent at": {
    x: [3, 15, 13, 8],
    kernel: [3, 3, 8, 9],
    y: [3, 8, 6, 9],
    geometry: { ...SAME, stride: [2, 2], padding: [1, 0] },
    products: [1, 0, 1],
  },
  "padding beyond the kernel": {
    x: [3, 5, 6, 20],
    kernel: [1, 2, 20, 21],
    y: [3, 9, 10, 21],
    geometry: { ...SAME, padding: [2, 3] },
    products: [1, 1, 1],
  },
  "one tap, without a copy": {
    x: [3, 7, 8, 20],
    kernel: [1, 1, 20, 21],
    y: [3, 7, 8, 21],
    geometry: { ...SAME, padding: [0, 0] },
    products: [1, 1, 1],
  },
  "one tap that does not see all": {
    x: [3, 9, 9, 30],
    kernel: [1, 1, 30, 21],
    y: [3, 7, 8, 21],
    geometry: { ...SAME, padding: [0, 0] },
    products: [1, 1, 1],
  },
  "groups, which are not lent": {
    x: [3, 9, 9, 30],
    kernel: [3, 3, 15, 20],
    y: [3, 9, 9, 20],
    geometry: { ...SAME, groups: 2 },
    products: [0, 0, 0],
  },
  "little, which is not lent": {
    x: [1, 4, 4, 5],
    kernel: [3, 3, 5, 6],
    y: [1, 4, 4, 6],
    geometry: SAME,
    products: [0, 0, 0],
  },
};

/** The results of the three directions. */
function convolve(backend: Backend, { x, kernel, y, geometry }: Convolution): Tensor[] {
  const [forward, dx, dw] = [zeros(backend, y), zeros(backend, x), zeros(backend, kernel)];
  const [input, weight] = [wholeNumbers(backend, x, 1), wholeNumbers(backend, kernel, 2)];
  const dy = wholeNumbers(backend, y, 3);
  const bias = wholeNumbers(backend, [y[3]!], 4);
  backend.conv2d(input, weight, { ...geometry, bias, activation: "relu" }, forward);
  backend.conv2dInputGradient(dy, weight, geometry, dx);
  backend.conv2dKernelGradient(input, dy, geometry, dw);
  return [forward, dx, dw];
}

for (const [name, convolution] of Object.entries(convolutions)) {
  Deno.test(`lendProducts() lends convolutions: ${name}`, async () => {
    const { backend, blas } = await open();
    const [forward, dx, dw] = convolve(backend, convolution);
    const expected = convolve(reference({ dtype: "float64" }), convolution);
    for (const [i, found] of [forward!, dx!, dw!].entries()) {
      assertEquals(await found.data(), Float32Array.from(await expected[i]!.data()), `${i}`);
    }
    const gradients = blas.products.filter((product) => product.transposeA).length;
    assertEquals(
      blas.products.length - gradients,
      convolution.products[0] + convolution.products[1],
    );
    assertEquals(gradients, convolution.products[2]);
    await backend.close();
  });
}

Deno.test("lendProducts() lends large products, with all that stands behind them", async () => {
  const { backend, blas } = await open();
  const exact = reference({ dtype: "float64" });
  let lent = 0;
  for (const [m, k, n] of [[17, 19, 23], [3, 5, 7]] as const) {
    for (let bits = 0; bits < 32; bits++) {
      const [transposeA, transposeB, accumulate, hasBias, relu] = [1, 2, 4, 8, 16].map((bit) =>
        (bits & bit) !== 0
      );
      const [found, expected] = [backend, exact].map((backend) => {
        const out = wholeNumbers(backend, [m, n], 3);
        backend.matmul(
          wholeNumbers(backend, transposeA ? [k, m] : [m, k], 1),
          wholeNumbers(backend, transposeB ? [n, k] : [k, n], 2),
          {
            transposeA,
            transposeB,
            accumulate,
            bias: hasBias ? wholeNumbers(backend, [n], 4) : null,
            activation: relu ? "relu" : null,
          },
          out,
        );
        return out;
      });
      assertEquals(await found!.data(), Float32Array.from(await expected!.data()), `${bits}`);
      if (m === 17) lent++;
    }
  }
  assertEquals(blas.products.length, lent);
  await backend.close();
});

Deno.test("lendProducts() allocates nothing from the second step on", async () => {
  const { backend, heap } = await open();
  const convolution = convolutions["several images at once"]!;
  convolve(backend, convolution);
  const before = heap.usedBytes;
  const [x, dy] = [
    wholeNumbers(backend, convolution.x, 1),
    wholeNumbers(backend, convolution.y, 2),
  ];
  const kernel = wholeNumbers(backend, convolution.kernel, 3);
  const held = heap.usedBytes;
  assert(held > before);
  backend.conv2dInputGradient(dy, kernel, convolution.geometry, x);
  backend.conv2dKernelGradient(x, dy, convolution.geometry, kernel);
  backend.conv2d(x, kernel, convolution.geometry, dy);
  assertEquals(heap.usedBytes, held);
  await backend.close();
});

Deno.test("lendProducts() sees a memory that has grown", async () => {
  const { backend } = await open();
  const a = wholeNumbers(backend, [20, 20], 1);
  const big = zeros(backend, [3000, 1000]);
  const out = zeros(backend, [20, 20]);
  backend.matmul(a, a, {}, out);
  const exact = reference();
  const expected = zeros(exact, [20, 20]);
  exact.matmul(wholeNumbers(exact, [20, 20], 1), wholeNumbers(exact, [20, 20], 1), {}, expected);
  assertEquals(await out.data(), await expected.data());
  big.dispose();
  await backend.close();
});

Deno.test("close() gives the library back, once", async () => {
  const { backend, blas } = await open();
  assertEquals(backend.name, "blas");
  await backend.close();
  assert(!blas.isOpen);
  blas.isOpen = true;
  await backend.close();
  assert(blas.isOpen);
});
