/**
 * jax-js on its wasm backend, or on `webgpu` where that is the third argument; the others are the number of threads, 1 or as many as the process may use,
 * and `jit` (or `eager`) to have each workload compiled as one function. Compiled, dense networks are up to ten times as
 * fast, and convolutions take two to ten times as long.
 *
 * @module
 */
import type { Array as JaxArray, numpy } from "@jax-js/jax";
import { type Network, networks } from "./networks.ts";
import {
  batchesOf,
  convolutionOf,
  matricesOf,
  type Numbers,
  oneHot,
  rowsByChannel,
  transposed,
  weightsOf,
} from "./peer_inputs.ts";
import { type Run, serve, type Setup } from "./serve.ts";

type NumpyArray = numpy.Array;

// It takes as many threads as there are cores, and one where there are no workers.
if (Deno.args[0] === "1") Reflect.deleteProperty(globalThis, "Worker");
const { blockUntilReady, defaultDevice, init, jit, lax, nn, numpy: np, valueAndGrad, vjp } =
  await import("@jax-js/jax");

if (Deno.args[2] === "webgpu") {
  await init("webgpu");
  defaultDevice("webgpu");
}

const compile = Deno.args[1] === "jit" ? jit : ((run) => run) as typeof jit;

const LEARNING_RATE = 0.01;
const MOMENTUM = 0.9;

await serve((name): Setup => {
  if (name.startsWith("W1")) return (amount) => product(name, amount);
  if (name === "W2-forward") return forward;
  if (name === "W2") return forwardAndBackward;
  if (name in networks) {
    return (amount) => training(networks[name as keyof typeof networks], amount);
  }
  throw new Error(`has no ${name}`);
});

function arrayOf({ data, shape }: Numbers): NumpyArray {
  return np.array(data, { shape: [...shape] });
}

/** Images with their channels first. */
function imagesOf(x: Numbers): NumpyArray {
  return arrayOf(transposed(x, [0, 3, 1, 2]));
}

/** Kernels with their output channels first, then their input channels. */
function kernelOf(kernel: Numbers): NumpyArray {
  return arrayOf(transposed(kernel, [3, 2, 0, 1]));
}

/** The first number, all of the array being computed; disposes it. */
async function readFirst(x: NumpyArray): Promise<number> {
  return (await x.data())[0]!;
}

function product(name: string, amount: number): Run {
  const { a, b, times } = matricesOf(name, amount);
  const [left, right] = [arrayOf(a), arrayOf(b)];
  const multiply = compile((a: NumpyArray, b: NumpyArray) => np.matmul(a, b));
  return async () => {
    let value = NaN;
    for (let time = 0; time < times; time++) {
      const c = multiply(left.ref, right.ref) as NumpyArray;
      await blockUntilReady(c); // what nobody waits for is not computed
      if (time === times - 1) value = await readFirst(c);
      else c.dispose();
    }
    return value;
  };
}

function convolve(x: NumpyArray, kernel: NumpyArray): NumpyArray {
  return lax.conv(x, kernel, [1, 1], "SAME");
}

function forward(amount: number): Run {
  const { x, kernel } = convolutionOf(amount);
  const [images, weight] = [imagesOf(x), kernelOf(kernel)];
  const run = compile(convolve);
  return () => readFirst(run(images.ref, weight.ref) as NumpyArray);
}

function forwardAndBackward(amount: number): Run {
  const { x, kernel, dy } = convolutionOf(amount);
  const [images, weight, gradient] = [imagesOf(x), kernelOf(kernel), imagesOf(dy)];
  const run = compile((x: NumpyArray, kernel: NumpyArray, dy: NumpyArray) => {
    const [y, gradients] = vjp(convolve, [x, kernel]) as unknown as [
      NumpyArray,
      ((dy: NumpyArray) => [NumpyArray, NumpyArray]) & { dispose(): void },
    ];
    const [dx, dKernel] = gradients(dy);
    gradients.dispose();
    return [y, dx, dKernel];
  });
  return async () => {
    const [y, dx, dKernel] = run(images.ref, weight.ref, gradient.ref) as [
      NumpyArray,
      NumpyArray,
      NumpyArray,
    ];
    await blockUntilReady([y, dx, dKernel]);
    y.dispose();
    dx.dispose();
    return await readFirst(dKernel);
  };
}

function training(network: Network, amount: number): Run {
  const channels = network.layers.reduce(
    (last, layer) => layer.type === "conv" ? layer.filters : last,
    0,
  );
  const isFlattened = network.layers.some(({ type }) => type === "flatten");
  const firstDense = weightsOf(network).findIndex(({ shape }) => shape.length === 2);
  let parameters = weightsOf(network).flatMap((weight, place) => {
    const bias = np.zeros([weight.shape.at(-1)!]);
    if (weight.shape.length === 4) return [kernelOf(weight), bias];
    const isBehindImages = isFlattened && place === firstDense;
    return [arrayOf(isBehindImages ? rowsByChannel(weight, channels) : weight), bias];
  });
  let velocities = parameters.map((parameter) => np.zeros(parameter.shape));
  const batches = batchesOf(network, amount).map(({ x, y }) => ({
    x: x.shape.length === 4 ? imagesOf(x) : arrayOf(x),
    y: arrayOf(oneHot(y, network.classes)),
  }));

  const costOf = (parameters: NumpyArray[], x: NumpyArray, y: NumpyArray) => {
    const rows = y.shape[0]!;
    const logProbabilities = nn.logSoftmax(predict(network, parameters, x));
    return logProbabilities.mul(y).sum().mul(-1 / rows);
  };
  const step = compile(
    (parameters: NumpyArray[], velocities: NumpyArray[], x: NumpyArray, y: NumpyArray) => {
      const [cost, gradients] = valueAndGrad(costOf)(
        parameters.map((parameter) => parameter.ref),
        x,
        y,
      ) as unknown as [NumpyArray, NumpyArray[]];
      const moved = velocities.map((velocity, i) => velocity.mul(MOMENTUM).add(gradients[i]!));
      const updated = parameters.map((parameter, i) =>
        parameter.sub(moved[i]!.ref.mul(LEARNING_RATE))
      );
      return { cost, parameters: updated, velocities: moved };
    },
  );
  const epochs = network.epochs(amount);
  return async () => {
    let value = NaN;
    for (let epoch = 0; epoch < epochs; epoch++) {
      for (const [place, { x, y }] of batches.entries()) {
        const next = step(parameters, velocities, x.ref, y.ref) as {
          cost: JaxArray;
          parameters: NumpyArray[];
          velocities: NumpyArray[];
        };
        ({ parameters, velocities } = next);
        if (place < batches.length - 1) next.cost.dispose();
        else [value] = await Promise.all([readFirst(next.cost), blockUntilReady(parameters)]);
      }
    }
    return value;
  };
}

function predict({ layers }: Network, parameters: readonly NumpyArray[], x: NumpyArray) {
  let place = 0;
  let y = x;
  for (const { type } of layers) {
    switch (type) {
      case "conv": {
        const [weight, bias] = [parameters[place++]!, parameters[place++]!];
        y = convolve(y, weight).add(bias.reshape([1, -1, 1, 1]));
        break;
      }
      case "dense":
        y = np.matmul(y, parameters[place++]!).add(parameters[place++]!);
        break;
      case "relu":
        y = nn.relu(y);
        break;
      case "pool": {
        const [n, channels, height, width] = y.shape as [number, number, number, number];
        y = y.reshape([n, channels, height / 2, 2, width / 2, 2]).max([3, 5]);
        break;
      }
      case "flatten":
        y = y.reshape([y.shape[0]!, -1]);
    }
  }
  return y;
}
