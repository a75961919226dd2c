import { describe, it } from "@std/testing/bdd";
import { assertClose } from "./_assert_close_test.ts";
import { runLayer } from "./_run_layer_test.ts";
import { Softplus } from "./softplus.ts";

describe("Softplus", () => {
  it("tends to 0 and to x without overflow, and has the slope 1/2 at 0", async () => {
    const { y, dx } = await runLayer(new Softplus(), [[0, Math.log(3), -1e4, 1e4, NaN]]);
    assertClose(y, [Math.LN2, Math.log(4), 0, 1e4, NaN], 1e-15);
    assertClose(dx, [0.5, 0.75, 0, 1, NaN], 1e-15);
  });
});
