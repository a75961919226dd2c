import { backendContract, PRODUCTS } from "@gradus/testing";
import {
  type Backend,
  type Conv2dGeometry,
  type Shape,
  sizeOf,
  type Tensor,
  tensor,
  zeros,
} from "@gradus/tensor";
import { blas } from "@gradus/tensor/blas";
import { cpu } from "@gradus/tensor/cpu";
import { reference } from "@gradus/tensor/reference";
import { assert, assertEquals, assertRejects } from "@std/assert";
import { BlasMachine } from "./_blas/blas_machine.ts";
import { lendProducts } from "./_blas/lend_products.ts";
import { openBlas } from "./_blas/open_blas.ts";
import { openMachine } from "./_cpu/open_machine.ts";
import { WasmBackend } from "./_cpu/wasm_backend.ts";

/** Without the library the tests of it are skipped by name, or fail where it is required. */
async function isInstalled(): Promise<boolean> {
  if (Deno.env.get("REQUIRE_BLAS") === "1") return true;
  try {
    await (await blas({ threads: 1 })).close();
    return true;
  } catch {
    return false;
  }
}

const ignore = !await isInstalled();

for (const threads of [1, 2]) {
  if (ignore) {
    Deno.test.ignore(
      `the contract of backends, kept by blas(${threads}) (OpenBLAS is missing)`,
      () => {},
    );
  } else {
    // On more threads the rest is the kernels of cpu on so many, which its own tests run.
    const only = threads === 1 ? {} : { only: PRODUCTS };
    backendContract(`blas(${threads} threads)`, () => blas({ threads }), only);
  }
}

Deno.test(
  "blas() gives the same bytes on every run, and is close to cpu()",
  { ignore },
  async () => {
    const run = async (open: typeof blas) => {
      const backend = await open({ threads: 2 });
      const x = numbers(500 * 300, 1);
      const [a, b] = [
        tensor(backend, x, { shape: [500, 300] }),
        tensor(backend, x, { shape: [300, 500] }),
      ];
      const out = tensor(backend, new Float32Array(250_000), { shape: [500, 500] });
      backend.matmul(a, b, {}, out);
      const values = await out.data();
      await backend.close();
      return values;
    };
    const [one, other, own] = [await run(blas), await run(blas), await run(cpu)];
    assertEquals(one, other);
    // 300 products of at most 1/4, each sum rounded to 2⁻²⁴ of itself, twice.
    const bound = 2 * 300 ** 2 * 0.25 * 2 ** -24;
    own.forEach((value, i) => assert(Math.abs(value - one[i]!) <= bound));
  },
);

Deno.test("blas() shares large kernels among its threads", { ignore }, async () => {
  const machine = await openMachine({ threads: 2 });
  const lent = new BlasMachine(machine, openBlas(machine.heap, "libopenblas.so.0"));
  const backend = lendProducts(new WasmBackend(machine), lent);
  const exact = reference({ dtype: "float64" });
  zeroProduct(backend);
  while (!machine.threads.isUp) await new Promise((resolve) => setTimeout(resolve, 10));
  for (const [name, run] of Object.entries(LARGE)) {
    for (let turn = 0; turn < 2; turn++) {
      const [found, expected] = [run(backend), run(exact)];
      assertEquals(await found.data(), Float32Array.from(await expected.data()), name);
    }
  }
  await backend.close();
});

/** Starts the workers. */
function zeroProduct(backend: Backend): void {
  const x = zeros(backend, [256, 256]);
  backend.matmul(x, x, {}, zeros(backend, [256, 256]));
}

const GEOMETRY: Conv2dGeometry = { stride: [1, 1], padding: [1, 1], dilation: [1, 1], groups: 1 };

/** Kernels that all threads share, of whole numbers, of which float32 holds every sum. */
const LARGE: Record<string, (backend: Backend) => Tensor> = {
  "matmul of many rows": (b) => {
    const out = zeros(b, [301, 70]);
    const options = { transposeA: true, bias: whole(b, [70], 3), activation: "relu" } as const;
    b.matmul(whole(b, [99, 301], 1), whole(b, [99, 70], 2), options, out);
    return out;
  },
  "matmul of many columns": (b) => {
    const out = whole(b, [70, 301], 4);
    const options = { transposeB: true, bias: whole(b, [301], 3), accumulate: true };
    b.matmul(whole(b, [70, 99], 1), whole(b, [301, 99], 2), options, out);
    return out;
  },
  "conv2d of many images": (b) => convolve(b, [5, 19, 18, 22], "conv2d"),
  "conv2d of one image": (b) => convolve(b, [1, 39, 38, 22], "conv2d"),
  "conv2dInputGradient": (b) => convolve(b, [5, 19, 18, 22], "conv2dInputGradient"),
  "conv2dKernelGradient": (b) => convolve(b, [5, 19, 18, 22], "conv2dKernelGradient"),
  "conv2dKernelGradient of one image": (b) => convolve(b, [1, 39, 38, 22], "conv2dKernelGradient"),
};

function convolve(
  b: Backend,
  [images, height, width, channels]: readonly [number, number, number, number],
  kernel: "conv2d" | "conv2dInputGradient" | "conv2dKernelGradient",
): Tensor {
  const x = whole(b, [images, height, width, channels], 1);
  const y = whole(b, [images, height, width, 10], 2);
  const weight = whole(b, [3, 3, channels, 10], 3);
  if (kernel === "conv2d") {
    b.conv2d(x, weight, { ...GEOMETRY, bias: whole(b, [10], 4), activation: "relu" }, y);
    return y;
  }
  if (kernel === "conv2dInputGradient") {
    b.conv2dInputGradient(y, weight, GEOMETRY, x);
    return x;
  }
  b.conv2dKernelGradient(x, y, GEOMETRY, weight);
  return weight;
}

/** Whole numbers from −4 to 4. */
function whole(backend: Backend, shape: Shape, seed: number): Tensor {
  const values = numbers(sizeOf(shape), seed).map((value) => Math.round(8 * value));
  return tensor(backend, values, { shape });
}

Deno.test("blas() computes on memory that grows, shared or not", { ignore }, async () => {
  for (const options of [{ threads: 1, shared: false }, { threads: 1, shared: true }]) {
    const backend = await blas(options);
    const held: Tensor[] = [];
    for (let i = 0; i < 5; i++) {
      held.push(tensor(backend, new Float32Array(700_000)));
      const a = tensor(backend, numbers(400, i + 1), { shape: [20, 20] });
      const identity = tensor(
        backend,
        Float32Array.from({ length: 400 }, (_, i) => +(i % 21 === 0)),
      );
      const out = tensor(backend, new Float32Array(400), { shape: [20, 20] });
      backend.matmul(a, identity.reshape([20, 20]), {}, out);
      assertEquals(await out.data(), await a.data());
    }
    await backend.close();
  }
});

Deno.test("blas() lets two backends of different threads be open at once", { ignore }, async () => {
  const [one, two] = [await blas({ threads: 1 }), await blas({ threads: 2 })];
  assertEquals([one.threads, two.threads, one.name], [1, 2, "blas"]);
  await one.close();
  const a = tensor(two, numbers(400, 1), { shape: [20, 20] });
  const out = tensor(two, new Float32Array(400), { shape: [20, 20] });
  two.matmul(a, a, {}, out);
  assert((await out.data()).some((value) => value !== 0));
  await two.close();
});

Deno.test("blas() says what to install where the library is missing", async () => {
  const error = await assertRejects(() => blas({ library: "libnone.so.0" }), Error);
  assert(
    error.message.startsWith(
      "Cannot load OpenBLAS as libnone.so.0 must be installed (on Debian: apt-get install libopenblas0): ",
    ),
    error.message,
  );
});

Deno.test("blas() says which permission it needs", { permissions: { ffi: false } }, async () => {
  await assertRejects(
    () => blas(),
    Error,
    "Cannot load OpenBLAS as the program must be allowed to load libraries: found no --allow-ffi",
  );
});

/** Numbers in ±0.5. */
function numbers(count: number, seed: number): Float32Array {
  let state = seed;
  return Float32Array.from({ length: count }, () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647 - 0.5;
  });
}
