import { random } from "@gradus/random";
import { type Shape, ShapeError, tensor, zeros } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { assertThrowsExactly } from "./_assert_throws_exactly_test.ts";
import { recordKernels } from "./_record_kernels_test.ts";
import { Conv2d, type Conv2dOptions } from "./conv2d.ts";
import { constantInit } from "./initializers/constant.ts";
import { normalInit } from "./initializers/distribution.ts";
import { diracInit } from "./initializers/identity.ts";
import { orthogonalInit } from "./initializers/orthogonal.ts";

const context = () => ({ backend: reference(), random: random(0) });

function outputShape(options: Conv2dOptions, inputShape: Shape): Shape {
  return new Conv2d(1, options).init(inputShape, context());
}

/** A row of one channel through one filter of given taps, without a bias. */
async function convolveRow(
  row: readonly number[],
  taps: readonly number[],
  options: Omit<Conv2dOptions, "kernel"> = {},
) {
  const { backend, random } = context();
  const conv = new Conv2d(1, { ...options, kernel: [1, taps.length], bias: false });
  conv.init([1, row.length, 1], { backend, random });
  conv.parameters[0]!.value.set(taps);
  const y = conv.forward(tensor(backend, row, { shape: [1, 1, row.length, 1] }));
  const dx = conv.backward(y)!;
  return { y: [...await y.data()], dx: [...await dx.data()] };
}

describe("Conv2d", () => {
  it("sums products over taps and channels, without turning the kernel around", async () => {
    const { backend, random } = context();
    const conv = new Conv2d(2, { kernel: 2 });
    assertEquals(conv.init([2, 3, 1], { backend, random }), [1, 2, 2]);
    const [weight, bias] = conv.parameters;
    assertEquals([weight!.value.shape, bias!.value.shape], [[2, 2, 1, 2], [2]]);
    // The taps [[1, 2], [3, 4]] of the first filter, and [[0, 0], [0, 1]] of the second.
    weight!.value.set([1, 0, 2, 0, 3, 0, 4, 1]);
    bias!.value.set([100, 0]);
    const y = conv.forward(tensor(backend, [1, 2, 3, 4, 5, 6], { shape: [1, 2, 3, 1] }));
    assertEquals([...await y.data()], [137, 5, 147, 6]);

    const dx = conv.backward(tensor(backend, [1, 0, 0, 10], { shape: [1, 1, 2, 2] }))!;
    assertEquals([...await dx.data()], [1, 2, 0, 3, 4, 10]);
    assertEquals(
      [...await weight!.gradient.data()],
      [1, 20, 2, 30, 4, 50, 5, 60],
    );
    assertEquals([...await bias!.gradient.data()], [1, 10]);
  });

  it("sums over channels, each with taps of its own", async () => {
    const { backend, random } = context();
    const conv = new Conv2d(1, { kernel: 1, bias: false });
    conv.init([1, 2, 2], { backend, random });
    conv.parameters[0]!.value.set([10, 1]);
    const y = conv.forward(tensor(backend, [1, 2, 3, 4], { shape: [1, 1, 2, 2] }));
    assertEquals([...await y.data()], [12, 34]);
  });

  it("pads with as many zeros on both sides, the odd one behind", async () => {
    const row = [1, 2, 3, 4];
    assertEquals((await convolveRow(row, [1, 10, 100])).y, [321, 432]);
    assertEquals((await convolveRow(row, [1, 10, 100], { padding: "same" })).y, [
      210,
      321,
      432,
      43,
    ]);
    assertEquals((await convolveRow(row, [1, 10], { padding: "same" })).y, [21, 32, 43, 4]);
    assertEquals(
      (await convolveRow(row, [1, 10, 100, 1000], { padding: "same" })).y,
      [3210, 4321, 432, 43],
    );
    // A number pads rows too: two of zeros above, and two below.
    const blank = new Array<number>(2 * 6).fill(0);
    assertEquals(
      (await convolveRow(row, [1, 10, 100], { padding: 2 })).y,
      [...blank, 100, 210, 321, 432, 43, 4, ...blank],
    );
  });

  it("leaves out what a stride does not reach", async () => {
    const { y, dx } = await convolveRow([1, 2, 3, 4, 5, 6], [1, 10], { stride: [1, 4] });
    assertEquals(y, [21, 65]);
    assertEquals(dx, [21, 210, 0, 0, 65, 650]);
    // Same padding counts ⌈6 / 4⌉ windows: they need no zeros.
    const same = await convolveRow([1, 2, 3, 4, 5, 6], [1, 10], { stride: 4, padding: "same" });
    assertEquals(same.y, [21, 65]);
    // ⌈5 / 4⌉ windows of 2 over 5 need one more, behind.
    const five = await convolveRow([1, 2, 3, 4, 5], [1, 10], { stride: 4, padding: "same" });
    assertEquals(five.y, [21, 5]);
  });

  it("spreads its taps by the dilation", async () => {
    const { y, dx } = await convolveRow([1, 2, 3, 4, 5], [1, 10], { dilation: [7, 3] });
    assertEquals(y, [41, 52]);
    assertEquals(dx, [41, 52, 0, 410, 520]);
  });

  it("keeps groups of channels apart", async () => {
    const { backend, random } = context();
    const conv = new Conv2d(4, { kernel: 1, groups: 2, bias: false });
    assertEquals(conv.init([1, 1, 2], { backend, random }), [1, 1, 4]);
    const [weight] = conv.parameters;
    assertEquals(weight!.value.shape, [1, 1, 1, 4]);
    weight!.value.set([1, 2, 3, 4]);
    const y = conv.forward(tensor(backend, [10, 100], { shape: [1, 1, 1, 2] }));
    assertEquals([...await y.data()], [10, 20, 300, 400]);
    const dx = conv.backward(tensor(backend, [1, 1, 1, 1], { shape: [1, 1, 1, 4] }))!;
    assertEquals([...await dx.data()], [3, 7]);
    assertEquals([...await weight!.gradient.data()], [10, 10, 100, 100]);
  });

  it("has outputs as long as TensorFlow has", () => {
    const kernel = 3;
    assertEquals(outputShape({ kernel }, [7, 8, 2]), [5, 6, 1]);
    assertEquals(outputShape({ kernel, stride: 2 }, [7, 8, 2]), [3, 3, 1]);
    assertEquals(outputShape({ kernel, stride: [2, 3], padding: "same" }, [7, 8, 2]), [4, 3, 1]);
    assertEquals(outputShape({ kernel, padding: 1 }, [7, 8, 2]), [7, 8, 1]);
    assertEquals(outputShape({ kernel, padding: 3, stride: 4 }, [7, 8, 2]), [3, 3, 1]);
    assertEquals(outputShape({ kernel: [7, 1], dilation: [1, 9] }, [7, 8, 2]), [1, 8, 1]);
    assertEquals(outputShape({ kernel: 9, padding: "same" }, [1, 1, 2]), [1, 1, 1]);
  });

  it("starts as the identity from dirac, with padding same and kernels odd or even", async () => {
    for (const kernel of [1, 2, 3, 4, [3, 2]] as const) {
      const { backend, random: stream } = context();
      const conv = new Conv2d(2, { kernel, padding: "same", weightInit: diracInit() });
      conv.init([4, 5, 2], { backend, random: stream });
      const x = tensor(backend, new Float32Array(40).map(() => stream.normal()), {
        shape: [1, 4, 5, 2],
      });
      assertEquals(await conv.forward(x).data(), await x.data());
    }
  });

  it("has a weight within xavier's bounds and a bias of zeros unless told otherwise", async () => {
    const conv = new Conv2d(8, { kernel: [3, 5] });
    conv.init([9, 9, 4], context());
    const [weight, bias] = await Promise.all(conv.parameters.map(({ value }) => value.data()));
    const bound = Math.sqrt(6 / (3 * 5 * 4 + 3 * 5 * 8));
    const largest = Math.max(...weight!.map(Math.abs));
    assert(largest <= bound && largest > 0.95 * bound);
    assertEquals(bias, new Float32Array(8));
  });

  it("takes other initialisers, which see a kernel's shape", async () => {
    const shapes: Shape[] = [];
    const conv = new Conv2d(6, {
      kernel: [2, 3],
      groups: 2,
      weightInit: (shape, random) => {
        shapes.push(shape);
        return orthogonalInit()(shape, random);
      },
      biasInit: constantInit(7),
    });
    conv.init([5, 5, 4], context());
    assertEquals(shapes, [[2, 3, 2, 6]]);
    assertEquals(await conv.parameters[1]!.value.data(), new Float32Array(6).fill(7));
  });

  it("runs a gradient kernel for each parameter that is not frozen", () => {
    const { backend, random } = context();
    const conv = new Conv2d(2, { kernel: 2 });
    conv.init([3, 3, 1], { backend, random });
    const kernels = recordKernels(backend);
    const run = (trainable: readonly [weight: boolean, bias: boolean], inputGradient: boolean) => {
      conv.parameters.forEach((parameter, i) => parameter.trainable = trainable[i]!);
      conv.forward(zeros(backend, [1, 3, 3, 1]));
      kernels.length = 0;
      conv.backward(zeros(backend, [1, 2, 2, 2]), { inputGradient });
      return [...kernels];
    };
    const [weight, bias, input] = ["conv2dKernelGradient", "reduce", "conv2dInputGradient"];
    assertEquals(run([true, true], true), [weight, bias, input]);
    assertEquals(run([true, false], false), [weight]);
    assertEquals(run([false, true], false), [bias]);
    assertEquals(run([false, false], true), [input]);
  });

  it("refuses a kernel that does not fit, naming both sizes", () => {
    const message =
      "Cannot initialise conv2d as the kernel with its holes must fit into the padded input: found ";
    const cases = [
      [{ kernel: 5 }, [4, 9, 1], "[5, 5] and [4, 9]"],
      [{ kernel: 3, dilation: 2 }, [5, 4, 1], "[5, 5] and [5, 4]"],
      [{ kernel: [1, 6], padding: 1 }, [3, 3, 1], "[1, 6] and [5, 5]"],
    ] as const;
    for (const [options, inputShape, found] of cases) {
      const conv = new Conv2d(1, options);
      assertThrowsExactly(() => conv.init(inputShape, context()), ShapeError, message + found);
    }
  });

  it("refuses inputs that are no images", () => {
    for (const [shape, found] of [[[784], "[784]"], [[1, 28, 28, 1], "[1, 28, 28, 1]"]] as const) {
      assertThrowsExactly(
        () => new Conv2d(1, { kernel: 1 }).init(shape, context()),
        ShapeError,
        `Cannot initialise conv2d as inputs must be images [height, width, channels]: found ${found}`,
      );
    }
  });

  it("refuses groups that do not divide channels or filters", () => {
    assertThrowsExactly(
      () => new Conv2d(4, { kernel: 1, groups: 2 }).init([5, 5, 3], context()),
      ShapeError,
      "Cannot initialise conv2d as 2 groups must divide the channels: found [5, 5, 3]",
    );
    for (
      const [filters, groups] of [[3, 2], [0, 1], [-2, 1], [1.5, 1], [NaN, 1], [2, 4]] as const
    ) {
      assertThrowsExactly(
        () => new Conv2d(filters, { kernel: 1, groups }),
        RangeError,
        `Cannot make conv2d as filters must be a whole multiple of its groups: found ${filters} filters and ${groups} groups`,
      );
    }
    for (const groups of [0, -1, 1.5, NaN]) {
      assertThrowsExactly(
        () => new Conv2d(4, { kernel: 1, groups }),
        RangeError,
        `Cannot make conv2d as groups must be a whole number of at least 1: found ${groups}`,
      );
    }
  });

  it("refuses sizes that are none", () => {
    const sizes = [
      [0, "0"],
      [1.5, "1.5"],
      [[3, 0], "[3,0]"],
      [JSON.parse("[3]"), "[3]"],
      [JSON.parse("[3,3,3]"), "[3,3,3]"],
      [JSON.parse('"3"'), '"3"'],
      [JSON.parse('["3",3]'), '["3",3]'],
      [undefined as unknown as number, "undefined"],
    ] as const;
    for (const [size, found] of sizes) {
      const message = (setting: string) =>
        `Cannot make conv2d as ${setting} must be a whole number of at least 1, or two: found ${found}`;
      assertThrowsExactly(() => new Conv2d(1, { kernel: size }), RangeError, message("kernel"));
      if (size === undefined) continue;
      const make = (options: object) => () => new Conv2d(1, { kernel: 3, ...options });
      assertThrowsExactly(make({ stride: size }), RangeError, message("stride"));
      assertThrowsExactly(make({ dilation: size }), RangeError, message("dilation"));
    }
  });

  it("refuses paddings that are none, and a bias that is neither true nor false", () => {
    for (const padding of [-1, 1.5, NaN, Infinity, JSON.parse('"full"'), JSON.parse('"1"')]) {
      assertThrowsExactly(
        () => new Conv2d(1, { kernel: 3, padding }),
        RangeError,
        `Cannot make conv2d as padding must be valid, same or a whole number of at least 0: found ${padding}`,
      );
    }
    assertThrowsExactly(
      () => new Conv2d(1, { kernel: 3, bias: JSON.parse('"no"') }),
      TypeError,
      "Cannot make conv2d as bias must be true or false: found no",
    );
  });

  it("is not initialised by an initialiser that refuses", () => {
    const conv = new Conv2d(2, { kernel: 3, weightInit: () => normalInit()([1], random(0)) });
    assertThrowsExactly(
      () => conv.init([5, 5, 1], context()),
      ShapeError,
      "Cannot fill [3, 3, 1, 2] as there must be 18 numbers: found 1",
    );
    assertThrowsExactly(
      () => conv.forward(zeros(reference(), [1, 5, 5, 1])),
      Error,
      "Cannot run conv2d forward as it must be initialised: call init first",
    );
  });

  it("writes sizes as pairs", () => {
    assertEquals(new Conv2d(4, { kernel: 3, stride: [1, 2] }).toJSON(), {
      type: "conv2d",
      filters: 4,
      kernel: [3, 3],
      stride: [1, 2],
      padding: "valid",
      dilation: [1, 1],
      groups: 1,
      bias: true,
    });
  });
});
