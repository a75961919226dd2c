import { describe, it } from "@std/testing/bdd";
import { assertClose } from "./_assert_close_test.ts";
import { runLayer } from "./_run_layer_test.ts";
import { Tanh } from "./tanh.ts";

describe("Tanh", () => {
  it("tends to ±1, and has the slope 1 at 0", async () => {
    const { y, dx } = await runLayer(new Tanh(), [[0, Math.log(2), -1e4, 1e4, NaN]]);
    assertClose(y, [0, 0.6, -1, 1, NaN], 1e-15);
    assertClose(dx, [1, 0.64, 0, 0, NaN], 1e-15);
  });
});
