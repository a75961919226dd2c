import { Batches } from "@gradus/data/batches";
import { iris } from "@gradus/data/iris";
import { fitStandardizer } from "@gradus/data/standardize";
import { Dense, Relu, Sequential } from "@gradus/layers";
import { SoftmaxCrossEntropy } from "@gradus/losses";
import { Sgd } from "@gradus/optim";
import { random } from "@gradus/random";
import { type Backend, sizeOf } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { fit } from "@gradus/train/fit";
import { assert } from "@std/assert";
import { Rough } from "./rough.ts";
import { softmaxOf } from "./rough_softmax.ts";

const [LEARNING_RATE, MOMENTUM, EPOCHS] = [0.02, 0.9, 2];

/** The losses of ten steps of a perceptron on Iris, which starts with the same numbers on every backend. */
export async function perceptronLosses(backend: Backend): Promise<number[]> {
  const losses: Promise<number>[] = [];
  const loss = new SoftmaxCrossEntropy();
  for await (const step of fit({ ...perceptron(backend), loss, epochs: EPOCHS })) {
    losses.push(step.loss());
  }
  return Promise.all(losses);
}

/** Asserts that losses are those of {@linkcode perceptronLosses}, as far as float32 may be off. */
export async function assertPerceptronLosses(
  losses: readonly number[],
  name: string,
): Promise<void> {
  const bounds = await boundedPerceptronLosses();
  assert(losses.length === bounds.length, `${losses.length} losses on ${name}`);
  bounds.forEach(({ value, error }, step) => {
    assert(error < 1e-3, `a bound of ${error} says nothing`);
    assert(
      Math.abs(losses[step]! - value) <= error,
      `step ${step} on ${name}: ${losses[step]} instead of ${value} ± ${error}`,
    );
  });
}

/** Two layers on Iris, the same numbers on every backend. */
function perceptron(backend: Backend) {
  const model = new Sequential([new Dense(8), new Relu(), new Dense(3)]);
  model.init([4], { backend, random: random(0) });
  const optimizer = new Sgd(model.parameters, { learningRate: LEARNING_RATE, momentum: MOMENTUM });
  const { x, y } = iris();
  const flowers = { x: fitStandardizer(x).transform(x), y };
  return { model, optimizer, batches: new Batches(flowers, { size: 30, seed: 0 }) };
}

type Matrix = readonly (readonly Rough[])[];

const transpose = (a: Matrix): Matrix => a[0]!.map((_, j) => a.map((row) => row[j]!));
const multiply = (a: Matrix, b: Matrix): Matrix =>
  a.map((row) => transpose(b).map((column) => Rough.sum(row.map((x, k) => x.times(column[k]!)))));
const map = (a: Matrix, of: (x: Rough, i: number, j: number) => Rough): Matrix =>
  a.map((row, i) => row.map((x, j) => of(x, i, j)));

/**
 * The losses of {@linkcode perceptronLosses}, each with how far float32 may be from it: the same formulas,
 * in numbers that carry their error along, from the first weights to the last step.
 */
async function boundedPerceptronLosses(): Promise<Rough[]> {
  const { model, batches } = perceptron(reference());
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
        values[place] = map(values[place]!, (w, i, j) => w.minus(v[i]![j]!.times(LEARNING_RATE)));
      });
    }
  }
  return found;
}
