/**
 * TensorFlow.js; the argument is its backend, `cpu`, `wasm` or `webgpu`.
 *
 * @module
 */
import * as tf from "@tensorflow/tfjs";
import { type Network, networks } from "./networks.ts";
import { batchesOf, convolutionOf, matricesOf, type Numbers, weightsOf } from "./peer_inputs.ts";
import { type Run, serve, type Setup } from "./serve.ts";

const [backend] = Deno.args;
if (backend === "wasm") await import("@tensorflow/tfjs-backend-wasm");
if (backend === "webgpu") await import("@tensorflow/tfjs-backend-webgpu");
await tf.setBackend(backend!);
await tf.ready();

await serve((name): Setup => {
  if (name.startsWith("W1")) return (amount) => product(name, amount);
  if (name === "W2-forward") return forward;
  if (name === "W2") return forwardAndBackward;
  if (name in networks) {
    return (amount) => training(networks[name as keyof typeof networks], amount);
  }
  throw new Error(`has no ${name}`);
});

function tensorOf({ data, shape }: Numbers): tf.Tensor {
  return tf.tensor(data, [...shape]);
}

/** Reads the first number of a tensor, and disposes it. */
async function readFirst(x: tf.Tensor): Promise<number> {
  const first = tf.tidy(() => x.flatten().slice([0], [1]));
  const [value] = await first.data(); // of WebGPU there is no synchronous read
  tf.dispose([x, first]);
  return value!;
}

function product(name: string, amount: number): Run {
  const { a, b, times } = matricesOf(name, amount);
  const [left, right] = [tensorOf(a), tensorOf(b)];
  return async () => {
    let value = NaN;
    for (let time = 0; time < times; time++) {
      const c = tf.matMul(left, right);
      if (time === times - 1) value = await readFirst(c);
      else c.dispose();
    }
    return value;
  };
}

function forward(amount: number): Run {
  const { x, kernel } = convolutionOf(amount);
  const [images, weight] = [tensorOf(x) as tf.Tensor4D, tensorOf(kernel) as tf.Tensor4D];
  return () => readFirst(tf.conv2d(images, weight, 1, "same"));
}

function forwardAndBackward(amount: number): Run {
  const { x, kernel, dy } = convolutionOf(amount);
  const [images, weight, gradient] = [tensorOf(x), tensorOf(kernel), tensorOf(dy)];
  const gradients = tf.grads((x, kernel) =>
    tf.conv2d(x as tf.Tensor4D, kernel as tf.Tensor4D, 1, "same")
  );
  return async () => {
    const [dx, dKernel] = gradients([images, weight], gradient);
    const [value] = await Promise.all([readFirst(dKernel!), readFirst(dx!)]);
    return value;
  };
}

function training(network: Network, amount: number): Run {
  const weights = weightsOf(network).map((weight) => tf.variable(tensorOf(weight)));
  const biases = weights.map(({ shape }) => tf.variable(tf.zeros([shape.at(-1)!])));
  const batches = batchesOf(network, amount).map(({ x, y }) => ({
    x: tensorOf(x),
    y: tf.oneHot(tf.tensor1d(y, "int32"), network.classes),
  }));
  const optimizer = tf.train.momentum(0.01, 0.9);
  const epochs = network.epochs(amount);
  const predict = (x: tf.Tensor): tf.Tensor => {
    let place = 0;
    return network.layers.reduce((x: tf.Tensor, { type }): tf.Tensor => {
      switch (type) {
        case "conv": {
          const y = tf.conv2d(
            x as tf.Tensor4D,
            weights[place] as tf.Tensor as tf.Tensor4D,
            1,
            "same",
          );
          return tf.add(y, biases[place++]!);
        }
        case "dense": {
          const y = tf.matMul(x as tf.Tensor2D, weights[place] as tf.Tensor as tf.Tensor2D);
          return tf.add(y, biases[place++]!);
        }
        case "relu":
          return tf.relu(x);
        case "pool":
          return tf.maxPool(x as tf.Tensor4D, 2, 2, "valid");
        case "flatten":
          return x.reshape([x.shape[0]!, -1]);
      }
    }, x);
  };
  return async () => {
    const costs: Promise<Float32Array>[] = [];
    for (let epoch = 0; epoch < epochs; epoch++) {
      for (const [place, { x, y }] of batches.entries()) {
        const cost = optimizer.minimize(
          () => tf.losses.softmaxCrossEntropy(y, predict(x)) as tf.Scalar,
          true,
        )!;
        if (place < batches.length - 1) cost.dispose();
        else costs.push(cost.data<"float32">().finally(() => cost.dispose()));
      }
    }
    return (await Promise.all(costs)).at(-1)![0]!;
  };
}
