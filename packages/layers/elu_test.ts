import { describe, it } from "@std/testing/bdd";
import { assertClose } from "./_assert_close_test.ts";
import { assertThrowsExactly } from "./_assert_throws_exactly_test.ts";
import { runLayer } from "./_run_layer_test.ts";
import { Elu } from "./elu.ts";

describe("Elu", () => {
  it("is x above 0, and tends to the negative of alpha below, 1 unless given", async () => {
    const { y, dx } = await runLayer(new Elu(), [[2, 0, -Math.LN2, -1e4, Infinity, NaN]]);
    assertClose(y, [2, 0, -0.5, -1, Infinity, NaN], 1e-15);
    assertClose(dx, [1, 1, 0.5, 0, 1, NaN], 1e-15);
  });

  it("takes another alpha", async () => {
    const { y, dx } = await runLayer(new Elu({ alpha: 3 }), [[2, 0, -Math.LN2]]);
    assertClose(y, [2, 0, -1.5], 1e-15);
    assertClose(dx, [1, 3, 1.5], 1e-15);
  });

  it("takes an alpha of 0, which makes it relu", async () => {
    const { y, dx } = await runLayer(new Elu({ alpha: 0 }), [[2, -2]]);
    assertClose(y, [2, -0], 1e-15);
    assertClose(dx, [1, 0], 1e-15);
  });

  it("refuses an alpha that is negative or not finite", () => {
    for (const alpha of [-0.1, NaN, Infinity]) {
      assertThrowsExactly(
        () => new Elu({ alpha }),
        RangeError,
        `Cannot make elu as alpha must be finite and at least 0: found ${alpha}`,
      );
    }
  });
});
