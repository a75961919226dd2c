import { random } from "@gradus/random";
import { ShapeError, tensor, zeros } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { assertClose } from "./_assert_close_test.ts";
import { assertThrowsExactly } from "./_assert_throws_exactly_test.ts";
import { recordKernels } from "./_record_kernels_test.ts";
import { LayerNorm, type LayerNormOptions } from "./layer_norm.ts";

function start(options?: LayerNormOptions, inputShape: readonly number[] = [2]) {
  const backend = reference({ dtype: "float64" });
  const norm = new LayerNorm(options);
  norm.init(inputShape, { backend, random: random(0) });
  return { backend, norm };
}

describe("LayerNorm", () => {
  it("normalises each row of features, then scales and shifts each feature", async () => {
    const rows = [1, 5, 13, 7];
    for (const shape of [[2, 2], [1, 2, 2], [2, 1, 1, 2]]) {
      const { backend, norm } = start({ epsilon: 1e-300 }, shape.slice(1));
      norm.parameters[0]!.value.set([10, 100]);
      norm.parameters[1]!.value.set([1, 2]);
      const x = tensor(backend, rows, { shape });
      assertEquals([...await norm.forward(x, "eval").data()], [-9, 102, 11, -98]);
      assertEquals([...await norm.forward(x).data()], [-9, 102, 11, -98]);
    }
  });

  it("starts with scale 1 and shift 0, and has no state", async () => {
    const { norm } = start();
    assertEquals(norm.parameters.map(({ name }) => name), ["scale", "shift"]);
    const values = await Promise.all(norm.parameters.map(({ value }) => value.data()));
    assertEquals(values.map((value) => [...value]), [[1, 1], [0, 0]]);
    assertEquals(norm.state, []);
  });

  it("makes the shift of a single feature, or of features that are all the same", async () => {
    const { backend, norm } = start({}, [1]);
    norm.parameters[1]!.value.set([7]);
    assertEquals([...await norm.forward(tensor(backend, [[4], [9]])).data()], [7, 7]);
    assertEquals([...await norm.backward(tensor(backend, [[1], [2]]))!.data()], [0, 0]);
  });

  it("goes back through mean and variance", async () => {
    const { backend, norm } = start({ epsilon: 3 });
    norm.parameters[0]!.value.set([16, 2]);
    norm.forward(tensor(backend, [[4, 6]]));
    const dx = norm.backward(tensor(backend, [[1, 0]]))!;
    // √(variance + ε) = 2, x̂ = ∓1/2 and g = [16, 0]: dx = 1/2 · (g − 8 − x̂ · −4).
    assertClose(await dx.data(), [(16 - 8 - 2) / 2, (0 - 8 + 2) / 2], 1e-15);
    const gradients = await Promise.all(norm.parameters.map(({ gradient }) => gradient.data()));
    assertClose(gradients.flatMap((gradient) => [...gradient]), [-0.5, 0, 1, 0], 1e-15);
  });

  it("runs its gradient kernel unless nobody needs it", () => {
    const { backend, norm } = start();
    const kernels = recordKernels(backend);
    const run = (trainable: readonly [scale: boolean, shift: boolean], inputGradient: boolean) => {
      norm.parameters.forEach((parameter, i) => parameter.trainable = trainable[i]!);
      norm.forward(zeros(backend, [2, 2]));
      kernels.length = 0;
      norm.backward(zeros(backend, [2, 2]), { inputGradient });
      return kernels.length;
    };
    assertEquals(run([true, true], true), 1);
    assertEquals(run([true, false], false), 1);
    assertEquals(run([false, true], false), 1);
    assertEquals(run([false, false], true), 1);
    assertEquals(run([false, false], false), 0);
  });

  it("refuses an epsilon that is not finite and above 0, and inputs without an axis", () => {
    for (const epsilon of [0, -1, NaN, Infinity]) {
      assertThrowsExactly(
        () => new LayerNorm({ epsilon }),
        RangeError,
        `Cannot make layer norm as epsilon must be finite and above 0: found ${epsilon}`,
      );
    }
    assertThrowsExactly(
      () => start({}, []),
      ShapeError,
      "Cannot initialise layer norm as inputs must have an axis of features: found []",
    );
  });
});
