import { describe, it } from "@std/testing/bdd";
import { assertClose } from "./_assert_close_test.ts";
import { runLayer } from "./_run_layer_test.ts";
import { Sigmoid } from "./sigmoid.ts";

describe("Sigmoid", () => {
  it("tends to 0 and 1 without overflow, and has the slope 1/4 at 0", async () => {
    const { y, dx } = await runLayer(new Sigmoid(), [[0, Math.log(3), -1e4, 1e4, NaN]]);
    assertClose(y, [0.5, 0.75, 0, 1, NaN], 1e-15);
    assertClose(dx, [0.25, 0.1875, 0, 0, NaN], 1e-15);
  });
});
