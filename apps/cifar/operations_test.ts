import { Conv2d, Dense, Flatten, MaxPool2d, Relu, Sequential } from "@gradus/layers";
import { random } from "@gradus/random";
import { reference } from "@gradus/tensor/reference";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { orthogonalOperations, trainingOperations } from "./operations.ts";

describe("trainingOperations()", () => {
  it("counts each multiply-add twice, in each of three passes", () => {
    const model = new Sequential([
      new Conv2d(4, { kernel: 3 }),
      new Relu(),
      new MaxPool2d(2),
      new Flatten(),
      new Dense(5),
    ]);
    model.init([8, 6, 2], { backend: reference(), random: random(0) });
    // 6 × 4 pixels of the output, each of 4 filters over 3 × 3 × 2 numbers; 3 × 2 × 4 inputs of the dense layer.
    const multiplyAdds = 6 * 4 * 4 * (3 * 3 * 2) + 3 * 2 * 4 * 5;
    assertEquals(trainingOperations(model, 10), 10 * 3 * 2 * multiplyAdds);
  });
});

describe("orthogonalOperations()", () => {
  it("counts three products an iteration for each kernel that is trained", () => {
    const model = new Sequential([
      new Conv2d(4, { kernel: 2 }),
      new Conv2d(5, { kernel: 3 }),
      new Flatten(),
      new Dense(3),
    ]);
    model.init([6, 6, 1], { backend: reference(), random: random(0) });
    model.layers[0]!.parameters[0]!.trainable = false;
    // A matrix of 36 × 5: its inner products, their square, and the matrix times a polynomial of them.
    const products = 2 * (36 * 5 * 5 + 5 * 5 * 5 + 36 * 5 * 5);
    const found = orthogonalOperations(model, { steps: 7, iterations: 2 });
    assertEquals(found, 7 * 2 * products);
  });
});
