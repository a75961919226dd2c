import { Batches } from "@gradus/data/batches";
import { iris } from "@gradus/data/iris";
import { Dense, Relu, Sequential } from "@gradus/layers";
import { SoftmaxCrossEntropy } from "@gradus/losses";
import { Sgd } from "@gradus/optim";
import { random } from "@gradus/random";
import type { Backend } from "@gradus/tensor";
import { fit } from "@gradus/train/fit";

/** What a training leaves. */
export interface Training {
  /** Mean loss of each epoch. */
  readonly losses: readonly number[];
  /** Accuracy over the last epoch. */
  readonly accuracy: number;
  /** Digest of the bytes of all parameters. */
  readonly parameters: string;
}

/** A network 4-16-3 on Iris, batches of 16. */
export async function trainIris(backend: Backend): Promise<Training> {
  const batches = new Batches(iris(), { size: 16, seed: 1 });
  return await train(backend, batches, { sizes: [4, 16, 3], learningRate: 0.01, epochs: 40 });
}

/** A network 784-64-10 that learns random images by heart, batches of 128. */
export async function trainPerceptron(backend: Backend): Promise<Training> {
  const stream = random(1);
  const rows = 256;
  const x = Float32Array.from({ length: rows * 784 }, () => stream.normal());
  const y = Int32Array.from({ length: rows }, () => Math.floor(10 * stream.uniform()));
  const dataset = { x: { data: x, shape: [rows, 784] }, y: { data: y, shape: [rows] } };
  const batches = new Batches(dataset, { size: 128, seed: 1 });
  return await train(backend, batches, { sizes: [784, 64, 10], learningRate: 0.05, epochs: 10 });
}

async function train(
  backend: Backend,
  batches: Batches,
  { sizes: [inputs, hidden, classes], learningRate, epochs }: {
    sizes: readonly [number, number, number];
    learningRate: number;
    epochs: number;
  },
): Promise<Training> {
  const model = new Sequential([new Dense(hidden), new Relu(), new Dense(classes)]);
  model.init([inputs], { backend, random: random(1) });
  const loss = new SoftmaxCrossEntropy();
  const optimizer = new Sgd(model.parameters, { learningRate, momentum: 0.9 });
  const losses: number[] = [];
  let accuracy = 0;
  for await (const step of fit({ model, loss, optimizer, batches, epochs })) {
    if (!step.isLast) continue;
    const means = await step.epochMeans();
    losses.push(means.loss);
    accuracy = means.accuracy!;
  }
  const values = await Promise.all(model.parameters.map(({ value }) => value.data()));
  return { losses, accuracy, parameters: await digest(values.flatMap((v) => [...v])) };
}

async function digest(values: number[]): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new Float32Array(values));
  return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}
