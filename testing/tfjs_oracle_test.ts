/**
 * The reference against what TensorFlow.js has of its own: activations, losses, optimizers, kernels of
 * gradients. They were written by others from another description.
 *
 * The single ops are compared by the contract that the tfjs backend keeps: it calls them. What it
 * composes by itself is compared here.
 *
 * Sums and products are compared on small whole numbers, where float32 is exact and both have to give
 * the same numbers; functions on real numbers, to {@linkcode ROUNDING}.
 *
 * @module
 */
import { random } from "@gradus/random";
import * as gradus from "@gradus/tensor";
import { type Shape, type Tensor, tensor, zeros } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import { assertEquals } from "@std/assert";
import { beforeAll, describe, it } from "@std/testing/bdd";
import { assertClose } from "./assert_close.ts";
import type { Numbers } from "./numbers.ts";
import { indices, normals, uniforms, wholeNumbers } from "./random_numbers.ts";

/**
 * Both round a few intermediate numbers of size 1 to float32, 2⁻²⁴ each; tfjs's erf is Abramowitz and
 * Stegun's 7.1.26, off by 1.5e-7.
 */
const ROUNDING = 4e-7;

const backend = reference();

describe("the reference agrees with TensorFlow.js", () => {
  beforeAll(async () => {
    tf.enableProdMode(); // without its advice to install other packages
    await tf.setBackend("cpu");
  });

  const unary: Record<string, (x: tf.Tensor) => tf.Tensor> = {
    relu: tf.relu,
    leakyRelu: (x) => tf.leakyRelu(x, 0.01),
    elu: tf.elu,
    softplus: tf.softplus,
    sign: tf.sign,
  };
  for (const [name, theirs] of Object.entries(unary)) {
    it(`${name}()`, async () => {
      const op = gradus[name as "relu"];
      const x = normals(random(1), [67, 9]);
      await assertSame(op(our(x)), theirs(their(x)), ROUNDING);
    });
  }
  it("clip()", async () => {
    const x = wholeNumbers(random(4), [5, 7]);
    await assertSame(gradus.clip(our(x), { low: -2, high: 1 }), tf.clipByValue(their(x), -2, 1));
  });

  it("mean() over any axes", async () => {
    const x = wholeNumbers(random(5), [2, 3, 4]);
    for (const axes of [undefined, [0], [-1], [0, 2], [1, 2]]) {
      for (const keepAxes of [false, true]) {
        await assertSame(
          gradus.mean(our(x), { keepAxes, ...(axes && { axes }) }),
          tf.mean(their(x), axes, keepAxes),
          ROUNDING,
        );
      }
    }
  });
  it("slice() and concatenate()", async () => {
    const x = wholeNumbers(random(7), [4, 5, 6]);
    await assertSame(
      gradus.slice(our(x), [{ start: 3, end: 0, step: -2 }, { start: -2 }, { step: 4 }]),
      tf.stridedSlice(their(x), [3, 3, 0], [0, 5, 6], [-2, 1, 4]),
    );
    for (const axis of [0, 1, 2]) {
      await assertSame(
        gradus.concatenate([our(x), our(x)], { axis }),
        tf.concat([their(x), their(x)], axis),
      );
    }
  });

  it("softmax() and logSoftmax()", async () => {
    const x = uniforms(random(9), [9, 7], { low: -20, high: 20 });
    await assertSame(gradus.softmax(our(x)), tf.softmax(their(x)), ROUNDING);
    await assertSame(gradus.logSoftmax(our(x)), tf.logSoftmax(their(x)), ROUNDING);
  });
  it("softmaxCrossEntropy, with smoothing too", async () => {
    const stream = random(10);
    const logits = uniforms(stream, [9, 5], { low: -5, high: 5 });
    const labels = indices(stream, [9], 5);
    for (const labelSmoothing of [0, 0.1]) {
      const [loss, gradient] = [zeros(backend, []), zeros(backend, [9, 5])];
      const operands = { logits: our(logits), target: our(labels), weight: null };
      backend.softmaxCrossEntropy(operands, { labelSmoothing }, { loss, gradient });
      const table = tf.oneHot(their(labels), 5);
      await assertSame(
        loss,
        tf.losses.softmaxCrossEntropy(table, their(logits), undefined, labelSmoothing),
        4 * ROUNDING, // nine rows of logits up to 5
      );
    }
  });
  const losses = {
    squaredError: tf.losses.meanSquaredError,
    absoluteError: tf.losses.absoluteDifference,
    huber: (t: tf.Tensor, p: tf.Tensor) => tf.losses.huberLoss(t, p, undefined, 0.5),
    binaryCrossEntropyWithLogits: tf.losses.sigmoidCrossEntropy,
    // Its labels are 0 and 1, where ours are −1 and 1.
    hinge: (t: tf.Tensor, p: tf.Tensor) => tf.losses.hingeLoss(tf.div(tf.add(t, 1), 2), p),
  };
  for (const [name, theirs] of Object.entries(losses)) {
    it(`the loss ${name}`, async () => {
      const stream = random(11);
      const p = normals(stream, [9, 7]);
      const t = name === "hinge"
        ? { shape: p.shape, values: p.values.map((_, i) => i % 3 === 0 ? -1 : 1) }
        : uniforms(stream, [9, 7], { low: 0, high: 1 });
      const loss = zeros(backend, []);
      backend.pointwiseLoss(
        name as gradus.PointwiseLossOp,
        { prediction: our(p), target: our(t) },
        loss,
        0.5,
      );
      await assertSame(loss, theirs(their(t), their(p)), ROUNDING);
    });
  }

  const convolutions = [
    { x: [2, 6, 5, 3], kernel: [3, 3, 3, 4], stride: 1, pad: 0, dilation: 1, size: [4, 3] },
    { x: [2, 6, 5, 3], kernel: [3, 3, 3, 4], stride: 1, pad: 1, dilation: 1, size: [6, 5] },
    { x: [1, 8, 7, 2], kernel: [3, 2, 2, 5], stride: 2, pad: 1, dilation: 1, size: [4, 4] },
    { x: [1, 9, 8, 2], kernel: [3, 3, 2, 3], stride: 1, pad: 2, dilation: 2, size: [9, 8] },
  ] as const;
  for (const { x: xShape, kernel: kernelShape, stride, pad, dilation, size } of convolutions) {
    it(`conv2d and its gradients: kernel [${kernelShape}], stride ${stride}, padding ${pad}, dilation ${dilation}`, async () => {
      const stream = random(12);
      const yShape: Shape = [xShape[0], ...size, kernelShape[3]];
      const [x, kernel] = [wholeNumbers(stream, xShape), wholeNumbers(stream, kernelShape)];
      const dy = wholeNumbers(stream, yShape);
      const geometry: gradus.Conv2dGeometry = {
        stride: [stride, stride],
        padding: [pad, pad],
        dilation: [dilation, dilation],
        groups: 1,
      };
      const [y, dx, dw] = [yShape, xShape, kernelShape].map((shape) => zeros(backend, shape)) as [
        Tensor,
        Tensor,
        Tensor,
      ];
      backend.conv2d(our(x), our(kernel), geometry, y);
      await assertSame(
        y,
        tf.conv2d<tf.Tensor4D>(their(x), their(kernel), stride, pad, "NHWC", dilation),
      );
      if (dilation > 1) return; // which its gradients do not know
      const attributes = { strides: stride, pad, dataFormat: "NHWC" };
      backend.conv2dInputGradient(our(dy), our(kernel), geometry, dx);
      await assertSame(
        dx,
        run("Conv2DBackpropInput", { dy: their(dy), filter: their(kernel) }, {
          ...attributes,
          inputShape: [...xShape],
        }),
      );
      backend.conv2dKernelGradient(our(x), our(dy), geometry, dw);
      await assertSame(
        dw,
        run("Conv2DBackpropFilter", { x: their(x), dy: their(dy) }, {
          ...attributes,
          filterShape: [...kernelShape],
        }),
      );
    });
  }
  it("conv2d with a group for each channel, and its gradients", async () => {
    const stream = random(13);
    const [channels, filters] = [3, 2];
    // A filter's place is its channel's, then its own, in both; only the shapes differ.
    const theirKernel: Shape = [3, 3, channels, filters];
    const x = wholeNumbers(stream, [2, 6, 6, channels]);
    const kernel = wholeNumbers(stream, theirKernel);
    const dy = wholeNumbers(stream, [2, 3, 3, channels * filters]);
    const geometry: gradus.Conv2dGeometry = {
      stride: [2, 2],
      padding: [1, 1],
      dilation: [1, 1],
      groups: channels,
    };
    const ourKernel = our(kernel).reshape([3, 3, 1, channels * filters]);
    const [y, dx, dw] = [dy, x, kernel].map(({ shape }) => zeros(backend, shape)) as [
      Tensor,
      Tensor,
      Tensor,
    ];
    backend.conv2d(our(x), ourKernel, geometry, y);
    await assertSame(y, tf.depthwiseConv2d<tf.Tensor4D>(their(x), their(kernel), 2, 1));
    const attributes = { strides: 2, pad: 1, dilations: 1, dimRoundingMode: undefined };
    backend.conv2dInputGradient(our(dy), ourKernel, geometry, dx);
    await assertSame(
      dx,
      run("DepthwiseConv2dNativeBackpropInput", { dy: their(dy), filter: their(kernel) }, {
        ...attributes,
        inputShape: [...x.shape],
      }),
    );
    backend.conv2dKernelGradient(our(x), our(dy), geometry, dw.reshape(ourKernel.shape));
    await assertSame(
      dw,
      run("DepthwiseConv2dNativeBackpropFilter", { x: their(x), dy: their(dy) }, {
        ...attributes,
        filterShape: [...theirKernel],
      }),
    );
  });

  const poolings = [
    { x: [2, 6, 8, 3], window: 2, stride: 2, pad: 0, size: [3, 4] },
    { x: [1, 7, 5, 2], window: 2, stride: 2, pad: 0, size: [3, 2] },
    { x: [1, 7, 6, 2], window: 3, stride: 2, pad: 1, size: [4, 3] },
    { x: [2, 4, 4, 1], window: 3, stride: 1, pad: 0, size: [2, 2] },
  ] as const;
  for (const { x: shape, window, stride, pad, size } of poolings) {
    it(`pooling and its gradients: x [${shape}], window ${window}, stride ${stride}, padding ${pad}`, async () => {
      const stream = random(14);
      const [x, dy] = [normals(stream, shape), wholeNumbers(stream, [shape[0], ...size, shape[3]])];
      const geometry: gradus.PoolGeometry = {
        window: [window, window],
        stride: [stride, stride],
        padding: [pad, pad],
      };
      const attributes = { filterSize: window, strides: stride, pad, dimRoundingMode: "floor" };
      const [y, dx] = [zeros(backend, dy.shape), zeros(backend, shape)];
      const places = zeros(backend, dy.shape, { dtype: "int32" });
      backend.maxPool2d(our(x), geometry, { y, indices: places });
      const input = their<tf.Tensor4D>(x);
      const largest = tf.maxPool(input, window, stride, pad, "floor");
      await assertSame(y, largest);
      backend.maxPool2dGradient({ dy: our(dy), indices: places }, geometry, dx);
      await assertSame(
        dx,
        run("MaxPoolGrad", { dy: their(dy), input, output: largest }, attributes),
      );
      backend.averagePool2d(our(x), geometry, y);
      await assertSame(y, tf.avgPool(input, window, stride, pad, "floor"), ROUNDING);
      if (pad > 0) return; // its gradient divides by the whole window, unlike its forward pass
      backend.averagePool2dGradient(our(dy), geometry, dx);
      await assertSame(dx, run("AvgPoolGrad", { dy: their(dy), input }, attributes), 4 * ROUNDING);
    });
  }

  it("batchNorm, with its own statistics and with given ones", async () => {
    const stream = random(15);
    const x = normals(stream, [4, 3, 2, 5]);
    const [scale, shift, given] = [1, 2, 3].map(() => normals(stream, [5])) as [
      Numbers,
      Numbers,
      Numbers,
    ];
    const spread = uniforms(stream, [5], { low: 0.5, high: 2 });
    const [epsilon, momentum] = [1e-3, 1];
    const operands = { x: our(x), scale: our(scale), shift: our(shift) };
    const y = zeros(backend, x.shape);
    const norm = (mean: tf.Tensor1D, variance: tf.Tensor1D) =>
      tf.batchNorm(
        their<tf.Tensor4D>(x),
        mean,
        variance,
        their<tf.Tensor1D>(shift),
        their<tf.Tensor1D>(scale),
        epsilon,
      );

    backend.batchNormInference(
      { ...operands, mean: our(given), variance: our(spread) },
      { epsilon },
      y,
    );
    await assertSame(y, norm(their(given), their(spread)), 2 * ROUNDING);

    const [mean, inverseDeviation, runningMean, runningVariance] = [1, 2, 3, 4].map(() =>
      zeros(backend, [5])
    ) as [Tensor, Tensor, Tensor, Tensor];
    const out = { y, mean, inverseDeviation, runningMean, runningVariance };
    backend.batchNorm(operands, { epsilon, momentum }, out);
    const moments = tf.moments(their(x), [0, 1, 2]) as {
      mean: tf.Tensor1D;
      variance: tf.Tensor1D;
    };
    await assertSame(mean, moments.mean, ROUNDING);
    await assertSame(runningVariance, tf.mul(moments.variance, 24 / 23), ROUNDING);
    await assertSame(y, norm(moments.mean, moments.variance), 4 * ROUNDING);
  });

  const optimizers = {
    sgd: () => tf.train.sgd(0.1),
    momentum: () => tf.train.momentum(0.1, 0.9),
    nesterov: () => tf.train.momentum(0.1, 0.9, true),
    adam: () => tf.train.adam(0.1, 0.9, 0.999, 1e-7),
  };
  for (const [name, make] of Object.entries(optimizers)) {
    it(`three steps of ${name}`, async () => {
      const stream = random(16);
      const start = normals(stream, [9]);
      const value = our(start);
      const slots = [zeros(backend, [9]), zeros(backend, [9])] as const;
      const guard = {
        norms: tensor(backend, [1, 1]),
        clipEach: null,
        clipGlobal: null,
        flag: zeros(backend, [2], { dtype: "int32" }),
        step: 0,
      };
      const optimizer = make();
      const theirs = tf.variable(their(start), true, `value of ${name}`);
      for (let step = 1; step <= 3; step++) {
        const gradient = normals(stream, [9]);
        optimizer.applyGradients({ [theirs.name]: their(gradient) });
        const entry = {
          value,
          gradient: our(gradient),
          learningRate: 0.1,
          weightDecay: 0,
          decoupled: false,
        };
        if (name === "adam") {
          const [beta1, beta2] = [0.9, 0.999];
          const correction1 = 1 - beta1 ** step;
          const correction2 = 1 - beta2 ** step;
          const rest = { beta1, beta2, epsilon: 1e-7, correction1, correction2 };
          backend.adamStep([{ ...entry, ...rest, mean: slots[0], variance: slots[1] }], guard);
        } else {
          const velocity = name === "sgd" ? null : slots[0];
          const nesterov = name === "nesterov";
          const rest = { momentum: 0.9, dampening: 0, nesterov, rateInVelocity: false };
          backend.sgdStep([{ ...entry, ...rest, velocity }], guard);
        }
      }
      // tfjs takes Adam's 1 − β₂ = 0.001 from a β₂ in float32, so that it is off by 5e-5 of itself;
      // half of that is in the root, of three steps of up to 0.1 each.
      await assertSame(value, theirs, name === "adam" ? 1e-5 : 2 * ROUNDING);
    });
  }
});

function our({ values, shape }: Numbers): Tensor {
  return tensor(backend, values, { shape });
}

function their<Type extends tf.Tensor = tf.Tensor & tf.Tensor4D>({ values, shape }: Numbers): Type {
  const dtype = values instanceof Int32Array ? "int32" : "float32";
  return tf.tensor(values, [...shape], dtype) as Type;
}

/** A kernel that has no function of its own. */
function run(
  kernel: string,
  inputs: tf.NamedTensorMap,
  attributes: Record<string, unknown>,
): tf.Tensor {
  return tf.engine().runKernel(kernel, inputs, attributes as tf.NamedAttrMap) as tf.Tensor;
}

async function assertSame(ours: Tensor, theirs: tf.Tensor, tolerance = 0): Promise<void> {
  assertEquals(ours.shape, theirs.shape);
  assertClose(await ours.data(), await theirs.data(), tolerance);
}
