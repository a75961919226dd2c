/**
 * Networks that train on tfjs as they do on the reference.
 *
 * @module
 */
import { Batches, type Dataset, fitStandardizer, iris } from "@gradus/data";
import {
  BatchNorm,
  Conv2d,
  Dense,
  Dropout,
  Flatten,
  MaxPool2d,
  Relu,
  Sequential,
} from "@gradus/layers";
import { SoftmaxCrossEntropy } from "@gradus/losses";
import { AdamW, type Optimizer, Sgd } from "@gradus/optim";
import { random } from "@gradus/random";
import { type Backend, sizeOf } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { Rough, softmaxOf } from "@gradus/testing";
import { fit } from "@gradus/train";
import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-backend-wasm";
import * as tf from "@tensorflow/tfjs-core";
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { tfjs } from "./tfjs.ts";

tf.enableProdMode(); // without its advice to install another package

interface Training {
  readonly model: Sequential;
  readonly optimizer: Optimizer;
  readonly batches: Batches;
}

const [RATE, MOMENTUM] = [0.02, 0.9];
const EPOCHS = 2;

/** Two layers on Iris, the same numbers on every backend. */
function perceptron(backend: Backend): Training {
  const model = new Sequential([new Dense(8), new Relu(), new Dense(3)]);
  model.init([4], { backend, random: random(0) });
  const optimizer = new Sgd(model.parameters, { learningRate: RATE, momentum: MOMENTUM });
  const { x, y } = iris();
  const flowers = { x: fitStandardizer(x).transform(x), y };
  return { model, optimizer, batches: new Batches(flowers, { size: 30, seed: 0 }) };
}

/** Noise, with a bright quarter, which is the label. */
function quarters(count: number): Dataset {
  const [side, channels] = [9, 2];
  const stream = random(1);
  const labels = Int32Array.from({ length: count }, (_, image) => image % 4);
  const pixels = Float32Array.from({ length: count * side * side * channels }, (_, i) => {
    const pixel = Math.floor(i / channels) % (side * side);
    const [row, column] = [Math.floor(pixel / side), pixel % side];
    const quarter = (row > side / 2 ? 2 : 0) + (column > side / 2 ? 1 : 0);
    const isBright = quarter === labels[Math.floor(i / (side * side * channels))];
    return stream.normal() + (isBright ? 1 : 0);
  });
  return {
    x: { data: pixels, shape: [count, side, side, channels] },
    y: { data: labels, shape: [count] },
  };
}

/** Every kind of layer that a small network for images has. */
function convolutionalNetwork(backend: Backend): Training {
  const model = new Sequential([
    new Conv2d(6, { kernel: 3, stride: 2, padding: "same" }),
    new BatchNorm(),
    new Relu(),
    new Conv2d(6, { kernel: 3, padding: "same", groups: 2 }),
    new MaxPool2d(2),
    new Flatten(),
    new Dropout(0.1),
    new Dense(4),
  ]);
  const images = quarters(70);
  model.init(images.x.shape.slice(1), { backend, random: random(0) });
  const optimizer = new AdamW(model.parameters, { learningRate: 0.01, clipNorm: 1 });
  return { model, optimizer, batches: new Batches(images, { size: 32, seed: 0 }) };
}

/** The loss of each step. */
async function losses({ model, optimizer, batches }: Training, epochs: number): Promise<number[]> {
  const losses: Promise<number>[] = [];
  const loss = new SoftmaxCrossEntropy();
  for await (const step of fit({ model, loss, optimizer, batches, epochs })) {
    losses.push(step.loss());
  }
  return Promise.all(losses);
}

type Matrix = readonly (readonly Rough[])[];

const transpose = (a: Matrix): Matrix => a[0]!.map((_, j) => a.map((row) => row[j]!));
const multiply = (a: Matrix, b: Matrix): Matrix =>
  a.map((row) => transpose(b).map((column) => Rough.sum(row.map((x, k) => x.times(column[k]!)))));
const map = (a: Matrix, of: (x: Rough, i: number, j: number) => Rough): Matrix =>
  a.map((row, i) => row.map((x, j) => of(x, i, j)));

/**
 * The losses of the perceptron's steps, each with how far float32 may be from it: the same formulas,
 * in numbers that carry their error along, from the first weights to the last step.
 */
async function boundedLosses({ model, batches }: Training): Promise<Rough[]> {
  const rough = (value: number) => new Rough(value, { u: 2 ** -24 });
  const read = async (place: number): Promise<Matrix> => {
    const { value } = model.parameters[place]!;
    const numbers = Array.from(await value.data(), rough);
    const columns = value.shape.at(-1)!;
    return Array.from(
      { length: numbers.length / columns },
      (_, row) => numbers.slice(row * columns, (row + 1) * columns),
    );
  };
  const values = await Promise.all([read(0), read(1), read(2), read(3)]);
  const velocities = values.map((value) => map(value, () => rough(0)));
  const found: Rough[] = [];
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    for (const { x: { data, shape }, y: labels } of batches.epoch(epoch)) {
      const rows = shape[0]!;
      const width = sizeOf(shape) / rows;
      const x = Array.from(
        { length: rows },
        (_, row) => Array.from(data.subarray(row * width, (row + 1) * width), rough),
      );
      const [weight1, bias1, weight2, bias2] = values as [Matrix, Matrix, Matrix, Matrix];
      const z = map(multiply(x, weight1), (z, _, j) => z.plus(bias1[0]![j]!));
      // At the kink of relu the bound would have to be that of a jump.
      assert(z.flat().every(({ value, error }) => Math.abs(value) > error), "a unit is near 0");
      const h = map(z, (z) => z.value > 0 ? z : z.exactly(0));
      const logits = map(multiply(h, weight2), (y, _, j) => y.plus(bias2[0]![j]!));
      const softmaxes = logits.map(softmaxOf);
      const terms = softmaxes.map(({ logP }, row) => logP[labels.data[row]!]!);
      found.push(Rough.sum(terms).over(rows).negative());

      const dy = map(
        softmaxes.map(({ p }) => p),
        (p, row, c) => p.minus(labels.data[row] === c ? 1 : 0).over(rows),
      );
      const dz = map(
        multiply(dy, transpose(weight2)),
        (dh, i, j) => z[i]![j]!.value > 0 ? dh : dh.exactly(0),
      );
      const sumRows = (a: Matrix): Matrix => [transpose(a).map(Rough.sum)];
      const gradients = [
        multiply(transpose(x), dz),
        sumRows(dz),
        multiply(transpose(h), dy),
        sumRows(dy),
      ];
      gradients.forEach((gradient, place) => {
        const v = map(velocities[place]!, (v, i, j) => v.times(MOMENTUM).plus(gradient[i]![j]!));
        velocities[place] = v;
        values[place] = map(values[place]!, (w, i, j) => w.minus(v[i]![j]!.times(RATE)));
      });
    }
  }
  return found;
}

describe("training on tfjs", () => {
  it("has the losses of the reference, as far as float32 may be off after so many steps", async () => {
    const bounds = await boundedLosses(perceptron(reference()));
    assertEquals(bounds.length, 10);
    assert(bounds.every(({ error }) => error < 1e-3), "the bounds say nothing");
    for (const name of ["cpu", "wasm"]) {
      const backend = await tfjs({ tf, backend: name });
      for (const own of [backend, reference(), reference({ dtype: "float64" })]) {
        (await losses(perceptron(own), EPOCHS)).forEach((loss, step) => {
          const { value, error } = bounds[step]!;
          assert(
            Math.abs(loss - value) <= error,
            `step ${step} on ${own.name}: ${loss} instead of ${value} ± ${error}`,
          );
        });
      }
      await backend.close();
    }
  });

  for (const name of ["cpu", "wasm"]) {
    it(`learns by convolutions on ${name}, and keeps no tensor from step to step`, async () => {
      const backend = await tfjs({ tf, backend: name });
      const { model, optimizer, batches } = convolutionalNetwork(backend);
      const counts: number[] = [];
      const means: number[] = [];
      const loss = new SoftmaxCrossEntropy();
      for await (const step of fit({ model, loss, optimizer, batches, epochs: 8 })) {
        counts.push(tf.memory().numTensors);
        if (step.isLast) means.push((await step.epochMeans()).loss);
      }
      assertEquals(counts.length, 24);
      // In the first epoch the layers take their memory.
      assertEquals(new Set(counts.slice(3)).size, 1, `${counts}`);
      assertEquals(tf.memory().numTensors, backend.memory.storages);
      assert(means.at(-1)! < 0.5 * means[0]!, `${means}`);
      await backend.close();
      assertEquals(tf.memory().numTensors, 0);
    });
  }
});
