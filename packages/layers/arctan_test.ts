import { describe, it } from "@std/testing/bdd";
import { assertClose } from "./_assert_close_test.ts";
import { runLayer } from "./_run_layer_test.ts";
import { Arctan } from "./arctan.ts";

describe("Arctan", () => {
  it("tends to ±π/2, and has the slope 1 at 0", async () => {
    const { y, dx } = await runLayer(new Arctan(), [[0, 1, -Infinity, Infinity, NaN]]);
    assertClose(y, [0, Math.PI / 4, -Math.PI / 2, Math.PI / 2, NaN], 1e-15);
    assertClose(dx, [1, 0.5, 0, 0, NaN], 1e-15);
  });
});
