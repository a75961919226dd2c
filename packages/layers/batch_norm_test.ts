import { random } from "@gradus/random";
import { ShapeError, type Tensor, tensor, zeros } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { assertEquals, assertStrictEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { assertClose } from "./_assert_close_test.ts";
import { assertThrowsExactly } from "./_assert_throws_exactly_test.ts";
import { recordKernels } from "./_record_kernels_test.ts";
import { BatchNorm, type BatchNormOptions } from "./batch_norm.ts";

function start(options?: BatchNormOptions, inputShape: readonly number[] = [2]) {
  const backend = reference({ dtype: "float64" });
  const norm = new BatchNorm(options);
  norm.init(inputShape, { backend, random: random(0) });
  return { backend, norm };
}

async function statistics(norm: BatchNorm): Promise<number[][]> {
  return await Promise.all(
    norm.state.map(async ({ value }) => [...await (value as Tensor).data()]),
  );
}

describe("BatchNorm", () => {
  it("starts with scale 1, shift 0, running mean 0 and running variance 1", async () => {
    const { norm } = start();
    assertEquals(norm.parameters.map(({ name }) => name), ["scale", "shift"]);
    const values = await Promise.all(norm.parameters.map(({ value }) => value.data()));
    assertEquals(values.map((value) => [...value]), [[1, 1], [0, 0]]);
    assertEquals(norm.state.map(({ name }) => name), ["runningMean", "runningVariance"]);
    assertEquals(await statistics(norm), [[0, 0], [1, 1]]);
  });

  it("normalises each channel over rows, and over pixels, then scales and shifts", async () => {
    // Means 3 and 10; variances 4 and 9, exact with an epsilon that is lost in rounding.
    const rows = [[1, 13], [5, 7]];
    for (const shape of [[2, 2], [1, 1, 2, 2], [1, 2, 1, 2]]) {
      const { backend, norm } = start({ epsilon: 1e-300 }, shape.slice(1));
      norm.parameters[0]!.value.set([10, 100]);
      norm.parameters[1]!.value.set([1, 2]);
      const y = norm.forward(tensor(backend, rows.flat(), { shape }));
      assertEquals([...await y.data()], [-9, 102, 11, -98]);
    }
  });

  it("adds epsilon to the variance: a constant channel becomes the shift", async () => {
    const { backend, norm } = start({ epsilon: 5 });
    norm.parameters[1]!.value.set([7, 0]);
    const y = norm.forward(tensor(backend, [[4, -2], [4, 2]]));
    // The second channel has the variance 4, and √(4 + 5) = 3.
    assertClose(await y.data(), [7, -2 / 3, 7, 2 / 3], 1e-15);
  });

  it("lets statistics run by momentum, with the unbiased variance", async () => {
    const { backend, norm } = start({ momentum: 0.25 });
    norm.forward(tensor(backend, [[0, 1], [8, 3]]));
    // Means 4 and 2; unbiased variances 32 and 2.
    assertEquals(await statistics(norm), [[1, 0.5], [8.75, 1.25]]);
    norm.forward(tensor(backend, [[0, 1], [8, 3]]));
    assertEquals(await statistics(norm), [[1.75, 0.875], [14.5625, 1.4375]]);
  });

  it("takes a share of 0.1 of the batch unless told otherwise, and of nothing or all of it", async () => {
    for (
      const [options, share] of [[{}, 0.1], [{ momentum: 0 }, 0], [{ momentum: 1 }, 1]] as const
    ) {
      const { backend, norm } = start(options);
      norm.forward(tensor(backend, [[0, 1], [8, 3]]));
      const [mean, variance] = await statistics(norm);
      assertClose(mean!, [share * 4, share * 2], 1e-15);
      assertClose(variance!, [1 + share * 31, 1 + share], 1e-15);
    }
  });

  it("uses running statistics in eval mode, which stay, for a batch of one too", async () => {
    const { backend, norm } = start({ epsilon: 1e-300 });
    const [mean, variance] = norm.state.map(({ value }) => value as Tensor);
    mean!.set([3, 10]);
    variance!.set([4, 9]);
    norm.parameters[0]!.value.set([10, 100]);
    norm.parameters[1]!.value.set([1, 2]);
    const y = norm.forward(tensor(backend, [[5, 7]]), "eval");
    assertEquals([...await y.data()], [11, -98]);
    assertEquals(await statistics(norm), [[3, 10], [4, 9]]);
  });

  it("goes back through mean and variance", async () => {
    // Two numbers d and -d become ±1/√(1 + ε/d²): what is left of a slope is ε/(d² + ε) of it.
    const { backend, norm } = start({ epsilon: 3 }, [1]);
    norm.parameters[0]!.value.set([16]);
    norm.forward(tensor(backend, [[4], [6]]));
    const dx = norm.backward(tensor(backend, [[1], [0]]))!;
    // d = 1, √(variance + ε) = 2, x̂ = ∓1/2: dx = 16 / 2 · (dy − 1/2 ± 1/2 · 1/2 · −1/2).
    assertClose(await dx.data(), [8 * (1 - 0.5 - 0.125), 8 * (0 - 0.5 + 0.125)], 1e-15);
    const gradients = await Promise.all(norm.parameters.map(({ gradient }) => gradient.data()));
    assertClose(gradients.flatMap((gradient) => [...gradient]), [-0.5, 1], 1e-15);
  });

  it("refuses one number a channel in train mode, and keeps its statistics", async () => {
    for (const shape of [[1, 2], [1, 1, 1, 2]]) {
      const { backend, norm } = start({}, shape.slice(1));
      assertThrowsExactly(
        () => norm.forward(zeros(backend, shape)),
        ShapeError,
        `Cannot run batch norm forward as each channel must have at least two numbers in train mode: found [${
          shape.join(", ")
        }]`,
      );
      assertEquals(await statistics(norm), [[0, 0], [1, 1]]);
      norm.forward(zeros(backend, shape), "eval");
    }
  });

  it("freezes the scale on request, and the shift never", () => {
    const frozen = (options: BatchNormOptions) =>
      start(options).norm.parameters.map(({ trainable }) => !trainable);
    assertEquals(frozen({ scale: "frozen" }), [true, false]);
    assertEquals(frozen({ scale: "trainable" }), [false, false]);
    assertEquals(frozen({}), [false, false]);
  });

  it("runs its gradient kernel unless nobody needs it", () => {
    const { backend, norm } = start();
    const kernels = recordKernels(backend);
    const run = (trainable: readonly [scale: boolean, shift: boolean], inputGradient: boolean) => {
      norm.parameters.forEach((parameter, i) => parameter.trainable = trainable[i]!);
      norm.forward(zeros(backend, [2, 2]));
      kernels.length = 0;
      const dx = norm.backward(zeros(backend, [2, 2]), { inputGradient });
      assertEquals(dx === null, !inputGradient);
      return kernels.length;
    };
    assertEquals(run([true, true], true), 1);
    assertEquals(run([true, false], false), 1);
    assertEquals(run([false, true], false), 1);
    assertEquals(run([false, false], true), 1);
    assertEquals(run([false, false], false), 0);
  });

  it("keeps the identity of its statistics", () => {
    const { backend, norm } = start();
    const before = norm.state.map(({ value }) => value);
    norm.forward(zeros(backend, [4, 2]));
    norm.state.forEach(({ value }, i) => assertStrictEquals(value, before[i]));
  });

  it("refuses settings out of range", () => {
    for (const epsilon of [0, -1, NaN, Infinity]) {
      assertThrowsExactly(
        () => new BatchNorm({ epsilon }),
        RangeError,
        `Cannot make batch norm as epsilon must be finite and above 0: found ${epsilon}`,
      );
    }
    for (const momentum of [-0.1, 1.1, NaN]) {
      assertThrowsExactly(
        () => new BatchNorm({ momentum }),
        RangeError,
        `Cannot make batch norm as momentum must be in [0, 1]: found ${momentum}`,
      );
    }
    for (const scale of ["false", false]) {
      assertThrowsExactly(
        () => new BatchNorm(JSON.parse(JSON.stringify({ scale }))),
        RangeError,
        `Cannot make batch norm as scale must be trainable or frozen: found ${scale}`,
      );
    }
  });

  it("refuses inputs without an axis", () => {
    assertThrowsExactly(
      () => start({}, []),
      ShapeError,
      "Cannot initialise batch norm as inputs must have an axis of channels: found []",
    );
  });
});
