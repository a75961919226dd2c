import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { runLayer } from "./_run_layer_test.ts";
import { Relu } from "./relu.ts";

describe("Relu", () => {
  it("drops what is negative, has no slope at 0, and hands NaN on", async () => {
    const { y, dx } = await runLayer(new Relu(), [[-3, -0.5, 0, 0.5, 3, -Infinity, Infinity, NaN]]);
    assertEquals([...y], [0, 0, 0, 0.5, 3, 0, Infinity, NaN]);
    assertEquals([...dx], [0, 0, 0, 1, 1, 0, 1, 1]);
  });
});
