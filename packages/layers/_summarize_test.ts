import { random } from "@gradus/random";
import { reference } from "@gradus/tensor/reference";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { assertThrowsExactly } from "./_assert_throws_exactly_test.ts";
import { Dense } from "./dense.ts";
import { Flatten } from "./flatten.ts";
import { Relu } from "./relu.ts";
import { Sequential } from "./sequential.ts";

describe("Sequential.summary()", () => {
  it("lists layers, their outputs and parameters, and how many of them are frozen", () => {
    const model = new Sequential([
      new Flatten(),
      new Sequential([new Dense(1500), new Relu()]),
      new Dense(10),
    ]);
    model.init([28, 28], { backend: reference(), random: random(0) });
    const lines = [
      "layer         output    parameters",
      "input         [28, 28]           0",
      "0 Flatten     [784]              0",
      "1 Sequential  [1500]     1,177,500",
      "2 Dense       [10]          15,010",
    ];
    assertEquals(model.summary(), [...lines, "1,192,510 parameters"].join("\n"));
    model.parameters[3]!.trainable = false;
    model.parameters[2]!.trainable = false;
    assertEquals(
      model.summary(),
      [...lines, "1,192,510 parameters, 15,010 of them frozen"].join("\n"),
    );
  });

  it("refuses a model that is not initialised", () => {
    assertThrowsExactly(
      () => new Sequential([new Relu()]).summary(),
      Error,
      "Cannot summarise a model as it must be initialised: call init first",
    );
  });
});
