import { random } from "@gradus/random";
import type { Conv2dGeometry, Epilogue, Shape } from "@gradus/tensor";
import { assertAgrees, assertAgreesExactly, assertGives, gamma, magnitudes } from "./agreement.ts";
import type { Contract } from "./kernel_contract.ts";
import { blank, floats, type Numbers } from "./numbers.ts";
import { normals, wholeNumbers } from "./random_numbers.ts";
import type { Trial } from "./trial.ts";

interface Convolution extends Conv2dGeometry {
  readonly name: string;
  /** `[n, h, w, c]`. */
  readonly x: Shape;
  /** `[h, w, in / groups, out]`. */
  readonly kernel: Shape;
  /** Length of the output, which says how far windows reach past the far edges. */
  readonly size: readonly [height: number, width: number];
}

const PLAIN = { stride: [1, 1], padding: [0, 0], dilation: [1, 1], groups: 1 } as const;

const convolutions: readonly Convolution[] = [
  { ...PLAIN, name: "1×1", x: [2, 5, 5, 3], kernel: [1, 1, 3, 4], size: [5, 5] },
  { ...PLAIN, name: "one number", x: [1, 1, 1, 1], kernel: [1, 1, 1, 1], size: [1, 1] },
  { ...PLAIN, name: "3×3 valid", x: [1, 7, 6, 2], kernel: [3, 3, 2, 5], size: [5, 4] },
  {
    ...PLAIN,
    name: "3×3 same",
    x: [2, 8, 8, 16],
    kernel: [3, 3, 16, 32],
    padding: [1, 1],
    size: [8, 8],
  },
  {
    ...PLAIN,
    name: "3×3 same at stride 2, padded below and right alone",
    x: [2, 8, 8, 3],
    kernel: [3, 3, 3, 17],
    stride: [2, 2],
    size: [4, 4],
  },
  {
    ...PLAIN,
    name: "3×3 at stride 2, padded all around",
    x: [1, 9, 7, 3],
    kernel: [3, 3, 3, 4],
    stride: [2, 2],
    padding: [1, 1],
    size: [5, 4],
  },
  {
    ...PLAIN,
    name: "a window in the padding alone",
    x: [1, 3, 2, 2],
    kernel: [1, 2, 2, 3],
    padding: [2, 3],
    size: [7, 7],
  },
  {
    ...PLAIN,
    name: "5×2 with odd padding",
    x: [2, 6, 7, 3],
    kernel: [5, 2, 3, 7],
    padding: [3, 1],
    size: [8, 8],
  },
  {
    ...PLAIN,
    name: "a stride that leaves rows out, wider than the kernel",
    x: [1, 12, 10, 2],
    kernel: [2, 1, 2, 3],
    stride: [4, 3],
    size: [3, 3],
  },
  {
    ...PLAIN,
    name: "even kernel at stride 2",
    x: [2, 12, 12, 3],
    kernel: [4, 4, 3, 24],
    stride: [2, 2],
    padding: [1, 1],
    size: [6, 6],
  },
  {
    ...PLAIN,
    name: "holes",
    x: [1, 9, 9, 3],
    kernel: [3, 3, 3, 4],
    padding: [2, 2],
    dilation: [2, 2],
    size: [9, 9],
  },
  {
    ...PLAIN,
    name: "holes and strides, each its own",
    x: [2, 11, 13, 2],
    kernel: [3, 2, 2, 5],
    stride: [1, 2],
    padding: [1, 2],
    dilation: [2, 3],
    size: [9, 7],
  },
  {
    ...PLAIN,
    name: "two groups",
    x: [2, 6, 5, 4],
    kernel: [3, 3, 2, 6],
    padding: [1, 1],
    groups: 2,
    size: [6, 5],
  },
  {
    ...PLAIN,
    name: "three groups with stride and holes",
    x: [1, 9, 8, 9],
    kernel: [3, 3, 3, 12],
    stride: [2, 1],
    padding: [2, 1],
    dilation: [2, 1],
    groups: 3,
    size: [5, 8],
  },
  {
    ...PLAIN,
    name: "depthwise",
    x: [2, 7, 7, 17],
    kernel: [3, 3, 1, 17],
    padding: [1, 1],
    groups: 17,
    size: [7, 7],
  },
  {
    ...PLAIN,
    name: "depthwise, two filters a channel, at stride 2",
    x: [1, 6, 5, 3],
    kernel: [3, 3, 1, 6],
    stride: [2, 2],
    padding: [1, 1],
    groups: 3,
    size: [3, 3],
  },
  { ...PLAIN, name: "kernel as large as x", x: [3, 4, 4, 2], kernel: [4, 4, 2, 5], size: [1, 1] },
  { ...PLAIN, name: "one channel", x: [3, 16, 15, 1], kernel: [5, 5, 1, 8], size: [12, 11] },
  {
    ...PLAIN,
    name: "more than a tile of everything",
    x: [3, 9, 11, 33],
    kernel: [3, 3, 33, 37],
    padding: [1, 1],
    size: [9, 11],
  },
];

export const convolutionContract: Contract<
  "conv2d" | "conv2dInputGradient" | "conv2dKernelGradient"
> = {
  conv2d(test) {
    test("slides the kernel by hand", async (backend) => {
      await assertGives(backend, {
        inputs: {
          x: floats([1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 3, 3, 1]),
          kernel: floats([1, 10, 100, 1000], [2, 2, 1, 1]),
        },
        outputs: { valid: blank([1, 2, 2, 1]), same: blank([1, 3, 3, 1]) },
        call: (backend, { x, kernel, valid, same }) => {
          backend.conv2d(x, kernel, PLAIN, valid);
          backend.conv2d(x, kernel, PLAIN, same);
        },
      }, {
        valid: [5421, 6532, 8754, 9865],
        same: [5421, 6532, 603, 8754, 9865, 906, 87, 98, 9],
      });
    });
    test("adds the bias to each pixel, then takes relu", async (backend) => {
      const trial = (activation: "relu" | null): Trial<"x" | "kernel" | "bias", "out"> => ({
        inputs: {
          x: floats([1, -2], [1, 1, 2, 1]),
          kernel: floats([1, -1], [1, 1, 1, 2]),
          bias: floats([1, 0.5]),
        },
        outputs: { out: blank([1, 1, 2, 2]) },
        call: (backend, { x, kernel, bias, out }) =>
          backend.conv2d(x, kernel, { ...PLAIN, bias, activation }, out),
      });
      await assertGives(backend, trial(null), { out: [2, -0.5, -1, 2.5] });
      await assertGives(backend, trial("relu"), { out: [2, 0, 0, 2.5] });
    });
    test("hands on NaN, to the windows that see it alone, through relu too", async (backend) => {
      const x = floats(new Float32Array(25).fill(1), [1, 5, 5, 1]);
      x.values[0] = NaN;
      await assertAgreesExactly(backend, {
        inputs: { x, kernel: floats(new Float32Array(9).fill(1), [3, 3, 1, 1]) },
        outputs: { out: blank([1, 5, 5, 1]) },
        call: (backend, { x, kernel, out }) =>
          backend.conv2d(x, kernel, { ...PLAIN, padding: [1, 1], activation: "relu" }, out),
      });
    });
    for (const convolution of convolutions) {
      test(`loses no term and rounds as it may: ${convolution.name}`, async (backend) => {
        const stream = random(1);
        for (const epilogue of epilogues) {
          await assertAgreesExactly(
            backend,
            forward(convolution, epilogue, (shape) => wholeNumbers(stream, shape)),
          );
        }
        const trial = forward(convolution, epilogues.at(-1)!, (shape) => normals(stream, shape));
        // The taps of each number of y, and the bias.
        const [height, width, inner] = convolution.kernel as [number, number, number];
        await assertAgrees(
          backend,
          trial,
          async (_exact, u) =>
            scaled(await magnitudes(trial), gamma(height * width * inner + 1, u)),
        );
      });
    }
  },

  conv2dInputGradient(test) {
    test("spreads dy over the kernel by hand", async (backend) => {
      await assertGives(backend, {
        inputs: {
          dy: floats([1, 2], [1, 1, 2, 1]),
          kernel: floats([1, 10, 100, 1000], [2, 2, 1, 1]),
        },
        outputs: { dx: blank([1, 2, 3, 1]) },
        call: (backend, { dy, kernel, dx }) => backend.conv2dInputGradient(dy, kernel, PLAIN, dx),
      }, { dx: [1, 12, 20, 100, 1200, 2000] });
    });
    for (const convolution of convolutions) {
      test(`loses no term and rounds as it may: ${convolution.name}`, async (backend) => {
        const { x, kernel, groups } = convolution;
        const trialOf = (dy: Numbers, kernel: Numbers): Trial<"dy" | "kernel", "dx"> => ({
          inputs: { dy, kernel },
          outputs: { dx: blank(x) },
          call: (backend, { dy, kernel, dx }) =>
            backend.conv2dInputGradient(dy, kernel, convolution, dx),
        });
        const stream = random(2);
        await assertAgreesExactly(
          backend,
          trialOf(wholeNumbers(stream, shapeOfY(convolution)), wholeNumbers(stream, kernel)),
        );
        const trial = trialOf(normals(stream, shapeOfY(convolution)), normals(stream, kernel));
        // Each number of x meets every tap and every filter of its group at most once.
        const count = kernel[0]! * kernel[1]! * kernel[3]! / groups;
        await assertAgrees(
          backend,
          trial,
          async (_exact, u) => scaled(await magnitudes(trial), gamma(count, u)),
        );
      });
    }
  },

  conv2dKernelGradient(test) {
    test("sums x · dy under each tap by hand", async (backend) => {
      await assertGives(backend, {
        inputs: {
          x: floats([1, 2, 3, 4, 5, 6], [1, 2, 3, 1]),
          dy: floats([1, 10], [1, 1, 2, 1]),
        },
        outputs: { dw: blank([2, 2, 1, 1]) },
        call: (backend, { x, dy, dw }) => backend.conv2dKernelGradient(x, dy, PLAIN, dw),
      }, { dw: [21, 32, 54, 65] });
    });
    for (const convolution of convolutions) {
      test(`loses no term and rounds as it may: ${convolution.name}`, async (backend) => {
        const { kernel, size } = convolution;
        const trialOf = (x: Numbers, dy: Numbers): Trial<"x" | "dy", "dw"> => ({
          inputs: { x, dy },
          outputs: { dw: blank(kernel) },
          call: (backend, { x, dy, dw }) => backend.conv2dKernelGradient(x, dy, convolution, dw),
        });
        const stream = random(3);
        await assertAgreesExactly(
          backend,
          trialOf(wholeNumbers(stream, convolution.x), wholeNumbers(stream, shapeOfY(convolution))),
        );
        const trial = trialOf(
          normals(stream, convolution.x),
          normals(stream, shapeOfY(convolution)),
        );
        // Each tap meets every window of every image at most once.
        const count = convolution.x[0]! * size[0] * size[1];
        await assertAgrees(
          backend,
          trial,
          async (_exact, u) => scaled(await magnitudes(trial), gamma(count, u)),
        );
      });
    }
  },
};

const epilogues: readonly { hasBias: boolean; activation: Epilogue["activation"] }[] = [
  { hasBias: false, activation: null },
  { hasBias: true, activation: null },
  { hasBias: false, activation: "relu" },
  { hasBias: true, activation: "relu" },
];

function forward(
  convolution: Convolution,
  { hasBias, activation }: (typeof epilogues)[number],
  draw: (shape: Shape) => Numbers,
): Trial<"x" | "kernel" | "bias", "y"> {
  return {
    inputs: {
      x: draw(convolution.x),
      kernel: draw(convolution.kernel),
      bias: draw([convolution.kernel[3]!]),
    },
    outputs: { y: blank(shapeOfY(convolution)) },
    call: (backend, { x, kernel, bias, y }) =>
      backend.conv2d(
        x,
        kernel,
        { ...convolution, bias: hasBias ? bias : null, ...(activation && { activation }) },
        y,
      ),
  };
}

function shapeOfY({ x, size, kernel }: Convolution): Shape {
  return [x[0]!, size[0], size[1], kernel[3]!];
}

function scaled<Output extends string>(
  magnitude: Readonly<Record<Output, ArrayLike<number>>>,
  factor: number,
): Record<Output, number[]> {
  return Object.fromEntries(
    Object.entries<ArrayLike<number>>(magnitude).map((
      [name, values],
    ) => [name, Array.from(values, (value) => factor * value)]),
  ) as Record<Output, number[]>;
}
