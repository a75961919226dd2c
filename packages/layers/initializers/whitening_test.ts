import { random } from "@gradus/random";
import { ShapeError, tensor } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { assertClose } from "../_assert_close_test.ts";
import { assertThrowsExactly } from "../_assert_throws_exactly_test.ts";
import { Conv2d } from "../conv2d.ts";
import golden from "../golden/whitening.json" with { type: "json" };
import { whiteningInit } from "./whitening.ts";

const images = { data: Float32Array.from(golden.images.data), shape: golden.images.shape };

describe("whiteningInit()", () => {
  for (const { shape, epsilon, kernel } of golden.cases) {
    it(`has the eigenvectors that PyTorch finds: ${JSON.stringify(shape)}`, () => {
      assertClose(whiteningInit(images, { epsilon })(shape, random(0)), kernel, 1e-12);
    });
  }

  it("makes outputs that are uncorrelated and of variance 1", async () => {
    const backend = reference({ dtype: "float64" });
    const init = whiteningInit(images, { epsilon: 1e-12 });
    const conv = new Conv2d(8, { kernel: 2, bias: false, weightInit: init });
    const [, ...inputShape] = images.shape;
    conv.init(inputShape, { backend, random: random(0) });
    const y = conv.forward(tensor(backend, images.data, { shape: images.shape }));
    const values = await y.data();
    const count = values.length / 8;
    const channel = (c: number) => {
      const numbers = Array.from({ length: count }, (_, i) => values[i * 8 + c]!);
      const mean = numbers.reduce((sum, value) => sum + value, 0) / count;
      return numbers.map((value) => value - mean);
    };
    const channels = Array.from({ length: 8 }, (_, c) => channel(c));
    channels.forEach((a, i) =>
      channels.forEach((b, j) => {
        const covariance = a.reduce((sum, value, k) => sum + value * b[k]! / count, 0);
        assertClose([covariance], [i === j ? 1 : 0], 1e-10);
      })
    );
  });

  it("has the negatives of its filters after the last eigenvector", () => {
    const kernel = whiteningInit(images)([1, 2, 2, 6], random(0));
    for (let j = 0; j < 4; j++) {
      assertEquals(kernel[j * 6 + 4], -kernel[j * 6]!);
      assertEquals(kernel[j * 6 + 5], -kernel[j * 6 + 1]!);
    }
  });

  it("draws patches at random where there are more than asked for, the same from the same seed", () => {
    const shape = [2, 2, 2, 4];
    const init = whiteningInit(images, { patches: 100 });
    assertEquals(init(shape, random(1)), init(shape, random(1)));
    assertNotEquals(init(shape, random(1)), init(shape, random(2)));
    // 6 images of 4 × 5 patches: all of them are seen, whatever the seed.
    const all = whiteningInit(images, { patches: 120 });
    assertEquals(all(shape, random(1)), all(shape, random(2)));
  });

  it("takes images with directions of no variance, whose eigenvalues rounding may put below 0", () => {
    const twice = { ...images, data: images.data.map((_, i) => images.data[i - i % 2]!) };
    const kernel = whiteningInit(twice, { epsilon: 1e-300 })([2, 2, 2, 8], random(0));
    assert(kernel.every(Number.isFinite));
  });

  it("takes images as large as the kernel, and all the same", () => {
    const same = { data: new Float32Array(8).fill(3), shape: [2, 2, 2, 1] };
    const kernel = whiteningInit(same, { epsilon: 0.25 })([2, 2, 1, 4], random(0));
    assertEquals([...kernel], [2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2, 0, 0, 0, 0, 2]);
  });

  it("refuses images that are none, and numbers that are not finite", () => {
    const cases = [[7, [2, 2, 2, 1], "7 for [2, 2, 2, 1]"], [
      8,
      [2, 2, 2],
      "8 for [2, 2, 2]",
    ]] as const;
    for (const [length, shape, found] of cases) {
      assertThrowsExactly(
        () => whiteningInit({ data: new Float32Array(length), shape }),
        ShapeError,
        `Cannot initialise as whitening as numbers must fill images [n, height, width, channels]: found ${found}`,
      );
    }
    assertThrowsExactly(
      () => whiteningInit({ data: new Float32Array(0), shape: [0, 2, 2, 1] }),
      ShapeError,
      "Cannot use a shape as each length must be a whole number of at least 1: found 0 in [0, 2, 2, 1]",
    );
    for (const value of [NaN, Infinity]) {
      const broken = { data: new Float32Array(8).fill(value), shape: [2, 2, 2, 1] };
      assertThrowsExactly(
        () => whiteningInit(broken)([2, 2, 1, 4], random(0)),
        RangeError,
        "Cannot initialise as whitening as the images' numbers must be finite",
      );
    }
  });

  it("refuses kernels that are larger than images, of other channels, or none", () => {
    for (const shape of [[6, 2, 2, 1], [2, 7, 2, 1], [2, 2, 3, 1], [2, 2], [2, 2, 2, 1, 1]]) {
      assertThrowsExactly(
        () => whiteningInit(images)(shape, random(0)),
        ShapeError,
        `Cannot initialise as whitening as the kernel must fit into images [6, 5, 6, 2] and have their channels: found [${
          shape.join(", ")
        }]`,
      );
    }
  });

  it("refuses more filters than eigenvectors and their negatives", () => {
    assertThrowsExactly(
      () => whiteningInit(images)([1, 2, 2, 9], random(0)),
      ShapeError,
      "Cannot initialise as whitening as a kernel [1, 2, 2, 9] must have at most 8 filters: found 9",
    );
  });

  it("refuses options out of range", () => {
    for (const epsilon of [0, -1, NaN, Infinity]) {
      assertThrowsExactly(
        () => whiteningInit(images, { epsilon }),
        RangeError,
        `Cannot initialise as whitening as epsilon must be finite and above 0: found ${epsilon}`,
      );
    }
    for (const patches of [0, 1.5, NaN]) {
      assertThrowsExactly(
        () => whiteningInit(images, { patches }),
        RangeError,
        `Cannot initialise as whitening as patches must be a whole number of at least 1: found ${patches}`,
      );
    }
  });
});
