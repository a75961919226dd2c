import { describe, it } from "@std/testing/bdd";
import { assertClose } from "./_assert_close_test.ts";
import { runLayer } from "./_run_layer_test.ts";
import { Silu } from "./silu.ts";

describe("Silu", () => {
  it("tends to 0 and to x without overflow, and has the slope 1/2 at 0", async () => {
    const { y, dx } = await runLayer(new Silu(), [[0, Math.log(3), -1e4, 1e4, NaN]]);
    assertClose(y, [0, 0.75 * Math.log(3), 0, 1e4, NaN], 1e-15);
    assertClose(dx, [0.5, 0.75 * (1 + Math.log(3) / 4), 0, 1, NaN], 1e-15);
  });
});
