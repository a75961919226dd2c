import { assert, assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
import type { Backend } from "@gradus/tensor";
import { cpu } from "@gradus/tensor/cpu";
import { reference } from "@gradus/tensor/reference";
import { checkWorkload } from "./check_workload.ts";
import { filled, labels } from "./filled.ts";
import { matrixProduct } from "./matrix_product.ts";
import { start } from "./start.ts";
import { workloads } from "./workloads.ts";

Deno.test("filled() is a hash of the place that other languages can repeat", () => {
  const numbers = filled(10_000, { seed: 3, scale: 4 });
  assert(numbers.every((number) => number >= -2 && number < 2));
  assertAlmostEquals(numbers.reduce((sum, number) => sum + number) / 10_000, 0, 0.05);
  assertEquals([...filled(2, { seed: 0 })], [...filled(3, { seed: 0 })].slice(0, 2));
  assert(filled(1, { seed: 0 })[0] !== filled(1, { seed: 1 })[0]);
  assertEquals(labels(4, 3), new Int32Array([0, 1, 2, 0]));
});

for (const workload of [...workloads, start]) {
  Deno.test(`checkWorkload() finds ${workload.name} right on cpu`, async () => {
    const backend = await cpu({ threads: 1 });
    await checkWorkload(workload, backend);
    await backend.close();
  });
}

Deno.test("workloads cost what networks cost", () => {
  const flops = (name: string) =>
    workloads.find((workload) => workload.name === name)!.cost(1).flops;
  assertEquals(flops("W1-512") * 512, 2 * 512 ** 3);
  assertEquals(flops("W2"), 3 * flops("W2-forward"));
  assertEquals(flops("W4"), 148_250_112);
});

Deno.test("checkWorkload() refuses a backend that computes something else", async () => {
  const wrong: Backend = new Proxy(reference(), {
    get: (backend, property) => {
      if (property === "name") return "wrong";
      const value = Reflect.get(backend, property, backend);
      if (typeof value !== "function") return value;
      if (property !== "matmul") return value.bind(backend);
      return (...args: Parameters<Backend["matmul"]>) => {
        backend.matmul(...args);
        backend.fill(1, args[3]);
      };
    },
  });
  const error = await assertRejects(() => checkWorkload(matrixProduct(64), wrong), Error);
  assert(
    /^Cannot time W1-64 on wrong as it must compute what reference does: found 1 in place of -?[\d.]+ at 0 of output 0$/
      .test(error.message),
    error.message,
  );
});
