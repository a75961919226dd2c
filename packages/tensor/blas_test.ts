import { backendContract } from "@gradus/testing";
import { type Tensor, tensor } from "@gradus/tensor";
import { blas } from "@gradus/tensor/blas";
import { cpu } from "@gradus/tensor/cpu";
import { assert, assertEquals, assertRejects } from "@std/assert";

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
    backendContract(`blas(${threads} threads)`, () => blas({ threads }));
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
