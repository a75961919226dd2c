import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { add, tensor } from "@gradus/tensor";
import { lacksWebGpu } from "@gradus/testing";
import { BACKENDS, openBackend } from "./open_backend.ts";
import { UsageError } from "./usage_error.ts";

async function isInstalled(): Promise<boolean> {
  if (Deno.env.get("REQUIRE_BLAS") === "1") return true;
  try {
    await (await openBackend("blas")).close();
    return true;
  } catch {
    return false;
  }
}

// What a machine lacks is skipped by name, or fails where it is required.
const lacks = {
  blas: !await isInstalled(),
  webgpu: await lacksWebGpu(),
  "webgpu-float16": await lacksWebGpu("shader-f16"),
};

describe("openBackend()", () => {
  for (const name of BACKENDS) {
    const ignore = (lacks as Partial<Record<typeof name, boolean>>)[name] ?? false;
    it(`opens ${name}, which computes`, { ignore }, async () => {
      const backend = await openBackend(name);
      try {
        assertEquals(backend.name, name);
        const x = tensor(backend, [1, 2]);
        assertEquals([...await add(x, x).data()], [2, 4]);
      } finally {
        await backend.close();
      }
    });
  }

  it("opens another one each time", async () => {
    const [first, second] = [await openBackend("reference"), await openBackend("reference")];
    await first.close();
    assertEquals([...await tensor(second, [3]).data()], [3]);
    await second.close();
  });
});

Deno.test(
  "openBackend() says in one line which permission blas needs",
  { permissions: { ffi: false } },
  async () => {
    await assertRejects(
      () => openBackend("blas"),
      UsageError,
      "Cannot load OpenBLAS as the program must be allowed to load libraries: found no --allow-ffi",
    );
  },
);
