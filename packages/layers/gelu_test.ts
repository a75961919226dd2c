import { describe, it } from "@std/testing/bdd";
import { assertClose } from "./_assert_close_test.ts";
import { runLayer } from "./_run_layer_test.ts";
import { Gelu } from "./gelu.ts";

describe("Gelu", () => {
  it("tends to 0 and to x, and has the slope 1/2 at 0", async () => {
    const { y, dx } = await runLayer(new Gelu(), [[0, -40, 40, NaN]]);
    assertClose(y, [0, 0, 40, NaN], 1e-15);
    assertClose(dx, [0.5, 0, 1, NaN], 1e-15);
  });

  it("multiplies by the normal distribution's share below x", async () => {
    const { y, dx } = await runLayer(new Gelu(), [[1, -1]]);
    const [share, density] = [0.8413447460685429, 0.24197072451914337];
    assertClose(y, [share, share - 1], 1e-15);
    assertClose(dx, [share + density, 1 - share - density], 1e-15);
  });
});
