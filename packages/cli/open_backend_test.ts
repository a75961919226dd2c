import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { add, tensor } from "@gradus/tensor";
import { BACKENDS, openBackend } from "./open_backend.ts";

describe("openBackend()", () => {
  for (const name of BACKENDS) {
    it(`opens ${name}, which computes`, async () => {
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
