import {
  alternatingFlip,
  channelStatistics,
  cutout,
  type Dataset,
  drawnShapes,
  flip,
  ImageBatches,
  takeRows,
  translate,
} from "@gradus/data";
import {
  BatchNorm,
  Conv2d,
  Dense,
  Flatten,
  Gelu,
  GlobalMaxPool2d,
  type Layer,
  MaxPool2d,
  Relu,
  Scale,
  Sequential,
} from "@gradus/layers";
import type { ScheduleRecord } from "@gradus/optim";
import { random } from "@gradus/random";
import type { Backend } from "@gradus/tensor";
import type { TrainingRecord } from "@gradus/torch";
import { sgd } from "./iris_training.ts";
import { begin, type Training } from "./training.ts";

/** The network of `apps/cifar` in small, on drawn shapes in files of CIFAR-10; by Muon if asked to. */
export async function beginCifar(
  folder: string,
  backend: Backend,
  { isMuon = false } = {},
): Promise<Training> {
  const shapes = drawnShapes({ rows: 100, seed: 0 });
  await writeCifar(`${folder}/data`, shapes);
  // Without those that an app would hold out, and in an order of their own.
  const rows = [...random(4).permutation(100)].slice(0, 90);
  const dataset = takeRows(shapes, Int32Array.from(rows));
  const statistics = channelStatistics(dataset.x);
  const block = (width: number): Layer[] => [
    new Conv2d(width, { kernel: 3, padding: "same", bias: false }),
    new MaxPool2d(2),
    new BatchNorm({ momentum: 0.4 }),
    new Gelu(),
  ];
  const stem = new Conv2d(24, { kernel: 4, stride: 2, padding: 1, bias: false });
  const model = new Sequential([
    ...[stem, ...block(8), ...block(12), new GlobalMaxPool2d()],
    ...[new Dense(10, { bias: false }), new Scale(1 / 9)],
  ]);
  model.init([32, 32, 3], { backend, random: random(0) });
  const names = model.parameters.map(({ name }) => name);
  const isNorm = (name: string) => /\.(scale|shift)$/.test(name);
  const learningRate = (peak: number): ScheduleRecord => ({
    ...{ type: "oneCycle", peak, steps: 9, startFactor: 0.2, finalFactor: 0.07 },
    ...{ warmupShare: 0.23, anneal: "linear" },
  });
  const groups = [
    {
      parameters: names.filter((name) => !isNorm(name)),
      ...{ learningRate: learningRate(0.03), weightDecay: 0.001 },
    },
    {
      parameters: names.filter(isNorm),
      ...{ learningRate: learningRate(0.3), weightDecay: 0 },
    },
  ];
  const seed = 7;
  const record: TrainingRecord = {
    data: {
      ...{ type: "cifar10", folder: "data", statistics },
      augment: [
        { type: "alternatingFlip" },
        { type: "translate", pixels: 2, padding: "reflect" },
        { type: "cutout", size: 9 },
      ],
    },
    ...{ rows, batch: 32, epochs: 3, seed, frozen: ["0.weight"] },
    loss: { type: "softmaxCrossEntropy", labelSmoothing: 0.1, classWeights: null },
    optimizer: isMuon
      ? {
        ...{ type: "muon", momentum: 0.85, nesterov: true, iterations: 3 },
        ...{ clipNorm: null, clipParameterNorm: null },
        groups: groups.map((group, place) => ({ ...group, orthogonalize: place === 0 })),
      }
      : { ...{ ...sgd, momentum: 0.85, nesterov: true }, groups },
    average: { decay: { limit: 0.77, steps: 9, power: 3 }, every: 2, lookahead: true },
  };
  const augment = [alternatingFlip(), translate({ pixels: 2 }), cutout({ size: 9 })];
  const batches = new ImageBatches(dataset, { size: 32, seed, statistics, augment });
  return begin(record, { model, batches });
}

/** A network on drawn shapes in files of Fashion-MNIST, one of them compressed. */
export async function beginFashion(folder: string, backend: Backend): Promise<Training> {
  const shapes = drawnShapes({ rows: 80, seed: 1 });
  const x = new Uint8Array(80 * 28 * 28);
  for (let place = 0; place < x.length; place++) {
    const [image, row, column] = [Math.floor(place / 784), Math.floor(place / 28) % 28, place % 28];
    x[place] = shapes.x.data[((image * 32 + row) * 32 + column) * 3]!;
  }
  await writeIdx(`${folder}/data`, x, shapes.y.data);
  const rows = Array.from({ length: 70 }, (_, row) => 79 - row);
  const dataset = takeRows(
    { x: { data: x, shape: [80, 28, 28, 1] }, y: shapes.y },
    Int32Array.from(rows),
  );
  const statistics = channelStatistics(dataset.x);
  const model = new Sequential([new Flatten(), new Dense(20), new Relu(), new Dense(10)]);
  model.init([28, 28, 1], { backend, random: random(0) });
  const record: TrainingRecord = {
    data: {
      ...{ type: "fashionMnist", folder: "data", statistics },
      augment: [{ type: "translate", pixels: 3, padding: "zero" }, { type: "flip" }],
    },
    ...{ rows, batch: 16, epochs: 3, seed: 9, frozen: [] },
    loss: { type: "softmaxCrossEntropy", labelSmoothing: 0, classWeights: null },
    optimizer: {
      ...sgd,
      groups: [{
        parameters: model.parameters.map(({ name }) => name),
        ...{ learningRate: { type: "constant", rate: 0.01 }, weightDecay: 1e-4 },
      }],
    },
    average: { decay: { limit: 0.9, steps: 1, power: 0 }, every: 1, lookahead: false },
  };
  const augment = [translate({ pixels: 3, padding: "zero" }), flip()];
  const batches = new ImageBatches(dataset, { size: 16, seed: 9, statistics, augment });
  return begin(record, { model, batches });
}

async function writeCifar(
  folder: string,
  { x, y }: Dataset<Int32Array, Uint8Array>,
): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  const rows = y.data.length / 5;
  for (let file = 0; file < 5; file++) {
    const records = new Uint8Array(rows * 3073);
    for (let row = 0; row < rows; row++) {
      const image = file * rows + row;
      records[row * 3073] = y.data[image]!;
      for (let pixel = 0; pixel < 1024; pixel++) {
        for (let c = 0; c < 3; c++) {
          records[row * 3073 + 1 + c * 1024 + pixel] = x.data[(image * 1024 + pixel) * 3 + c]!;
        }
      }
    }
    await Deno.writeFile(`${folder}/data_batch_${file + 1}.bin`, records);
  }
}

async function writeIdx(folder: string, x: Uint8Array, y: Int32Array): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  const header = (...lengths: number[]) => [
    ...[0, 0, 8, lengths.length],
    ...lengths.flatMap((length) => [0, 0, length >> 8, length & 255]),
  ];
  const images = new Uint8Array([...header(y.length, 28, 28), ...x]);
  const labels = new Uint8Array([...header(y.length), ...y]);
  await Deno.writeFile(`${folder}/train-images-idx3-ubyte`, images);
  const zipped = new Blob([labels]).stream().pipeThrough(new CompressionStream("gzip"));
  await Deno.writeFile(`${folder}/train-labels-idx1-ubyte.gz`, zipped);
}
