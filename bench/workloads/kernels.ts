import type { ActivationOp, Backend, Operand, ReduceOp, Tensor, UnaryOp } from "@gradus/tensor";
import { labels } from "./filled.ts";
import { kernel, type TensorMaker } from "./kernel.ts";
import type { Workload } from "./workload.ts";

/** Columns of the tensors beyond the cache; 65,536 rows of them are 64 MiB. */
const COLUMNS = 256;
const ROWS = 65_536;

/** Rows that a fold is checked on: some that are folded together, and some more. */
const CHECKED_ROWS = 19;

/** The kernels that networks spend their time in: products and convolutions, then what waits for memory. */
export const kernels: readonly Workload[] = [
  product("matmul", { m: 512, n: 512, k: 512 }),
  product("matmul aᵀb", { m: 512, n: 512, k: 512, transposeA: true }),
  product("matmul abᵀ", { m: 512, n: 512, k: 512, transposeB: true }),
  product("matmul of a dense gradient", { m: 784, n: 256, k: 128, transposeA: true }),
  convolution("conv2d", { direction: "forward", channels: 32, filters: 64 }),
  convolution("conv2d input gradient", { direction: "input", channels: 32, filters: 64 }),
  convolution("conv2d kernel gradient", { direction: "kernel", channels: 32, filters: 64 }),
  convolution("conv2d of a first layer", { direction: "forward", channels: 3, filters: 32 }),
  convolution("conv2d 1 × 1", { direction: "forward", channels: 64, filters: 128, size: 1 }),
  convolution("conv2d depthwise", {
    direction: "forward",
    channels: 64,
    filters: 64,
    groups: 64,
  }),
  elementwise("copy", { reads: 1, flops: 0 }, (backend, [x], out) => backend.copy(x!, out)),
  elementwise(
    "add",
    { reads: 2, flops: 1 },
    (backend, [a, b], out) => backend.binary("add", a!, b!, out),
  ),
  unary("relu", 1),
  unary("exp", 10),
  unary("tanh", 15),
  unary("gelu", 20),
  unaryGradient("relu", 1),
  elementwise(
    "dropout",
    { reads: 1, flops: 10 },
    (backend, [x], out) => backend.dropout(x!, { rate: 0.5, key: 1, step: 2 }, out),
  ),
  reduction("sum", [0, 1]),
  reduction("sum", [0]),
  reduction("sum", [0], 4096),
  reduction("sum", [1]),
  reduction("max", [1]),
  elementwise("softmax", { reads: 1, flops: 15 }, (backend, [x], out) => backend.softmax(x!, out)),
  softmaxCrossEntropy(),
  pooling("maxPool2d"),
  pooling("maxPool2d gradient"),
  batchNorm(),
  batchNormGradient(),
  transpose(),
  optimizerStep("sgdStep"),
  optimizerStep("adamStep"),
];

function product(
  name: string,
  options: { m: number; n: number; k: number; transposeA?: boolean; transposeB?: boolean },
): Workload {
  const { m, n, k, transposeA = false, transposeB = false } = options;
  return kernel({
    name,
    amount: m,
    checkAmount: 30,
    longestSum: k,
    unit: "GFLOP/s",
    cost: (rows) => ({ flops: 2 * rows * n * k, bytes: 4 * (rows * k + k * n + rows * n) }),
    prepare: (make, rows) => {
      const a = make.input(transposeA ? [k, rows] : [rows, k]);
      const b = make.input(transposeB ? [n, k] : [k, n]);
      const out = make.output([rows, n]);
      return {
        outputs: [out],
        call: (backend) => backend.matmul(a, b, { transposeA, transposeB }, out),
      };
    },
  });
}

function convolution(
  name: string,
  options: {
    direction: "forward" | "input" | "kernel";
    channels: number;
    filters: number;
    size?: 1 | 3;
    groups?: number;
  },
): Workload {
  const { direction, channels, filters, size = 3, groups = 1 } = options;
  const side = 32;
  const taps = size ** 2 * (channels / groups);
  const padding = (size - 1) / 2;
  const geometry = {
    stride: [1, 1],
    padding: [padding, padding],
    dilation: [1, 1],
    groups,
  } as const;
  return kernel({
    name,
    amount: 64,
    checkAmount: 2,
    longestSum: direction === "kernel" ? 2 * side ** 2 : size ** 2 * filters * channels / groups,
    unit: "GFLOP/s",
    cost: (images) => ({
      flops: 2 * images * side ** 2 * taps * filters,
      bytes: 4 * (images * side ** 2 * (channels + filters) + taps * filters),
    }),
    prepare: (make, images) => {
      const shapes = {
        x: [images, side, side, channels],
        y: [images, side, side, filters],
        kernel: [size, size, channels / groups, filters],
      };
      const run = {
        forward: () => {
          const [x, weight, out] = [
            make.input(shapes.x),
            make.input(shapes.kernel),
            make.output(shapes.y),
          ];
          const call = (backend: Backend) => backend.conv2d(x, weight, geometry, out);
          return { outputs: [out], call };
        },
        input: () => {
          const [dy, weight, out] = [
            make.input(shapes.y),
            make.input(shapes.kernel),
            make.output(shapes.x),
          ];
          const call = (backend: Backend) => backend.conv2dInputGradient(dy, weight, geometry, out);
          return { outputs: [out], call };
        },
        kernel: () => {
          const [x, dy, out] = [
            make.input(shapes.x),
            make.input(shapes.y),
            make.output(shapes.kernel),
          ];
          const call = (backend: Backend) => backend.conv2dKernelGradient(x, dy, geometry, out);
          return { outputs: [out], call };
        },
      };
      return run[direction]();
    },
  });
}

/** A kernel that reads some tensors and writes one of the same shape; `flops` are for each number. */
function elementwise(
  name: string,
  { reads, flops }: { reads: number; flops: number },
  run: (backend: Backend, inputs: readonly Tensor[], out: Operand) => void,
): Workload {
  return kernel({
    name,
    amount: ROWS,
    unit: "GB/s",
    cost: (rows) => ({ flops: flops * rows * COLUMNS, bytes: 4 * (reads + 1) * rows * COLUMNS }),
    prepare: (make, rows) => {
      const inputs = Array.from({ length: reads }, () => make.input([rows, COLUMNS]));
      const out = make.output([rows, COLUMNS]);
      return { outputs: [out], call: (backend) => run(backend, inputs, out) };
    },
  });
}

function unary(op: UnaryOp, flops: number): Workload {
  return elementwise(op, { reads: 1, flops }, (backend, [x], out) => backend.unary(op, x!, out));
}

function unaryGradient(op: ActivationOp, flops: number): Workload {
  return elementwise(
    `${op} gradient`,
    { reads: 2, flops },
    (backend, [x, dy], out) => backend.unaryGradient(op, { x: x!, y: x!, dy: dy! }, out),
  );
}

/** A fold of as many numbers as the other tensors have, however long its rows are. */
function reduction(op: ReduceOp, axes: readonly number[], columns = COLUMNS): Workload {
  const over = { "0,1": "all", "0": "columns", "1": "rows" }[axes.join()];
  return kernel({
    name: columns === COLUMNS ? `${op} of ${over}` : `${op} of ${columns} ${over}`,
    amount: ROWS * COLUMNS / columns,
    checkAmount: CHECKED_ROWS,
    longestSum: (axes.includes(0) ? CHECKED_ROWS : 1) * (axes.includes(1) ? columns : 1),
    unit: "GB/s",
    cost: (rows) => ({ flops: rows * columns, bytes: 4 * rows * columns }),
    prepare: (make, rows) => {
      const x = make.input([rows, columns]);
      const out = make.output([rows, columns].filter((_, axis) => !axes.includes(axis)));
      return { outputs: [out], call: (backend) => backend.reduce(op, x, axes, out) };
    },
  });
}

function softmaxCrossEntropy(): Workload {
  return kernel({
    name: "softmaxCrossEntropy",
    amount: ROWS,
    longestSum: COLUMNS,
    unit: "GB/s",
    cost: (rows) => ({ flops: 15 * rows * COLUMNS, bytes: 4 * (2 * rows * COLUMNS + rows) }),
    prepare: (make, rows) => {
      const logits = make.input([rows, COLUMNS]);
      const target = make.output([rows], "int32");
      target.set(labels(rows, COLUMNS));
      const [loss, gradient] = [make.output([]), make.output([rows, COLUMNS])];
      return {
        outputs: [loss, gradient],
        call: (backend) =>
          backend.softmaxCrossEntropy(
            { logits, target, weight: null },
            { labelSmoothing: 0 },
            { loss, gradient },
          ),
      };
    },
  });
}

/** Windows of 2 × 2 on images of 32 × 32 × 64. */
function pooling(name: "maxPool2d" | "maxPool2d gradient"): Workload {
  const [side, channels] = [32, 64];
  const geometry = { window: [2, 2], stride: [2, 2], padding: [0, 0] } as const;
  return kernel({
    name,
    amount: 256,
    unit: "GB/s",
    // The input, and a number and its place for each four of it.
    cost: (images) => ({
      flops: images * side ** 2 * channels,
      bytes: 4 * images * side ** 2 * channels * 1.5,
    }),
    prepare: (make, images) => {
      const shape = [images, side / 2, side / 2, channels];
      const x = make.input([images, side, side, channels]);
      const [y, indices] = [make.output(shape), make.output(shape, "int32")];
      x.backend.maxPool2d(x, geometry, { y, indices });
      if (name === "maxPool2d") {
        return {
          outputs: [y, indices],
          call: (backend) => backend.maxPool2d(x, geometry, { y, indices }),
        };
      }
      return {
        outputs: [x],
        call: (backend) => backend.maxPool2dGradient({ dy: y, indices }, geometry, x),
      };
    },
  });
}

function batchNorm(): Workload {
  return kernel({
    name: "batchNorm",
    amount: ROWS,
    longestSum: COLUMNS,
    unit: "GB/s",
    cost: (rows) => ({ flops: 6 * rows * COLUMNS, bytes: 4 * 3 * rows * COLUMNS }),
    prepare: (make, rows) => {
      const x = make.input([rows, COLUMNS]);
      const y = make.output([rows, COLUMNS]);
      const { scale, shift, mean, inverseDeviation } = channelTensors(make);
      const [runningMean, runningVariance] = [make.output([COLUMNS]), make.output([COLUMNS])];
      return {
        outputs: [y, mean, inverseDeviation],
        call: (backend) =>
          backend.batchNorm({ x, scale, shift }, { epsilon: 1e-5, momentum: 0.1 }, {
            y,
            mean,
            inverseDeviation,
            runningMean,
            runningVariance,
          }),
      };
    },
  });
}

function batchNormGradient(): Workload {
  return kernel({
    name: "batchNorm gradient",
    amount: ROWS,
    longestSum: COLUMNS,
    unit: "GB/s",
    cost: (rows) => ({ flops: 10 * rows * COLUMNS, bytes: 4 * 5 * rows * COLUMNS }),
    prepare: (make, rows) => {
      const [x, dy] = [make.input([rows, COLUMNS]), make.input([rows, COLUMNS])];
      const dx = make.output([rows, COLUMNS]);
      const { scale, shift: dShift, mean, inverseDeviation } = channelTensors(make);
      const dScale = make.output([COLUMNS]);
      return {
        outputs: [dx, dScale, dShift],
        call: (backend) =>
          backend.batchNormGradient(
            { x, dy, scale, mean, inverseDeviation },
            { dx, dScale, dShift },
          ),
      };
    },
  });
}

function channelTensors(
  make: TensorMaker,
): Record<"scale" | "shift" | "mean" | "inverseDeviation", Tensor> {
  const [scale, shift, mean, inverseDeviation] = Array.from(
    { length: 4 },
    () => make.input([COLUMNS]),
  );
  return {
    scale: scale!,
    shift: shift!,
    mean: mean!,
    inverseDeviation: inverseDeviation!,
  };
}

function transpose(): Workload {
  return kernel({
    name: "transpose",
    amount: ROWS,
    unit: "GB/s",
    cost: (rows) => ({ flops: 0, bytes: 4 * 2 * rows * COLUMNS }),
    prepare: (make, rows) => {
      const x = make.input([rows, COLUMNS]);
      const out = make.output([COLUMNS, rows]);
      return { outputs: [out], call: (backend) => backend.transpose(x, [1, 0], out) };
    },
  });
}

function optimizerStep(name: "sgdStep" | "adamStep"): Workload {
  const isSgd = name === "sgdStep";
  return kernel({
    name,
    amount: ROWS,
    unit: "GB/s",
    // Read and written: the value and the slots; read: the gradient.
    cost: (rows) => ({
      flops: (isSgd ? 4 : 12) * rows * COLUMNS,
      bytes: 4 * (isSgd ? 5 : 7) * rows * COLUMNS,
    }),
    prepare: (make, rows) => {
      const [value, gradient] = [make.input([rows, COLUMNS]), make.input([rows, COLUMNS])];
      const [first, second] = [make.output([rows, COLUMNS]), make.output([rows, COLUMNS])];
      const entry = { value, gradient, learningRate: 1e-3, weightDecay: 0, decoupled: false };
      const guard = {
        norms: make.output([2]),
        clipEach: null,
        clipGlobal: null,
        flag: make.output([2], "int32"),
        step: 0,
      };
      const call = isSgd
        ? (backend: Backend) =>
          backend.sgdStep([{
            ...entry,
            velocity: first,
            momentum: 0.9,
            dampening: 0,
            nesterov: false,
            rateInVelocity: false,
          }], guard)
        : (backend: Backend) =>
          backend.adamStep([{
            ...entry,
            mean: first,
            variance: second,
            beta1: 0.9,
            beta2: 0.999,
            epsilon: 1e-8,
            correction1: 0.1,
            correction2: 0.001,
          }], guard);
      return { outputs: isSgd ? [value, first] : [value, first, second], call };
    },
  });
}
