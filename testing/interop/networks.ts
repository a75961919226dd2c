import { Batches, drawnShapes, iris, stratifiedSplit, takeRows } from "@gradus/data";
import {
  BatchNorm,
  Conv2d,
  Dense,
  diracInit,
  Dropout,
  Flatten,
  Gelu,
  GlobalMaxPool2d,
  heNormal,
  type Layer,
  MaxPool2d,
  Relu,
  Scale,
  Sequential,
  whiteningInit,
} from "@gradus/layers";
import { SoftmaxCrossEntropy } from "@gradus/losses";
import { Sgd } from "@gradus/optim";
import { random } from "@gradus/random";
import type { Backend, Shape } from "@gradus/tensor";
import { fit } from "@gradus/train";

/** Rows of numbers with their labels. */
interface Rows {
  readonly x: { readonly data: Float32Array; readonly shape: Shape };
  readonly y: { readonly data: Int32Array; readonly shape: Shape };
}

/** A network as an app has it, trained for a moment, and inputs that it has not seen. */
export interface TrainedNetwork {
  readonly name: string;
  readonly model: Sequential;
  readonly test: Rows;
}

const TRAINING_ROWS = 512;
const TEST_ROWS = 64;

/** The networks of Iris, Fashion-MNIST and CIFAR-10; drawn images stand in for photographs. */
export async function trainedNetworks(backend: Backend): Promise<TrainedNetwork[]> {
  const parts = stratifiedSplit(iris().y, { counts: { train: 90, test: 60 }, random: random(0) });
  const flowers = iris();
  const [coloured, grey] = [3, 1].map((channels) => shapes(channels)) as [Split, Split];
  return await Promise.all([
    train("Iris", backend, [new Dense(16), new Relu(), new Dense(3)], {
      training: takeRows(flowers, parts.train),
      test: takeRows(flowers, parts.test),
    }),
    train("Fashion-MNIST", backend, perceptron(), grey),
    train("CIFAR-10", backend, convolutions(coloured.training), coloured),
  ]);
}

interface Split {
  readonly training: Rows;
  readonly test: Rows;
}

async function train(
  name: string,
  backend: Backend,
  layers: readonly Layer[],
  { training, test }: Split,
): Promise<TrainedNetwork> {
  const model = new Sequential(layers);
  model.init(training.x.shape.slice(1), { backend, random: random(1) });
  if (layers[0] instanceof Conv2d) model.parameters[0]!.trainable = false; // the whitening
  const loss = new SoftmaxCrossEntropy();
  const optimizer = new Sgd(model.parameters, { learningRate: 0.02, momentum: 0.9 });
  const batches = new Batches(training, { size: 32, seed: 0 });
  for await (const _ of fit({ model, loss, optimizer, batches, epochs: 2 }));
  return { name, model, test };
}

function perceptron(): Layer[] {
  const hidden = (units: number) => [
    new Dense(units, { weightInit: heNormal() }),
    new Relu(),
    new Dropout(0.2),
  ];
  return [new Flatten(), ...hidden(64), ...hidden(32), new Dense(10)];
}

/** The network of `apps/cifar` by its recipe `quick`, the first convolution frozen. */
function convolutions({ x }: Rows): Layer[] {
  const block = (width: number, convolutions: number) =>
    Array.from({ length: convolutions }, (_, place) => [
      new Conv2d(width, { kernel: 3, padding: "same", bias: false, weightInit: diracInit() }),
      ...place === 0 ? [new MaxPool2d(2)] : [],
      new BatchNorm({ momentum: 0.4 }),
      new Gelu(),
    ]).flat();
  return [
    new Conv2d(24, {
      ...{ kernel: 4, stride: 2, padding: 1, bias: false },
      weightInit: whiteningInit(x),
    }),
    ...block(16, 1),
    ...block(48, 2),
    ...block(96, 2),
    new GlobalMaxPool2d(),
    new Dense(10, { bias: false }),
    new Scale(1 / 9),
  ];
}

/** Images of 32 × 32 pixels in colour, or of 28 × 28 in one channel. */
function shapes(channels: number): Split {
  const drawn = drawnShapes({ rows: TRAINING_ROWS + TEST_ROWS, seed: 0 });
  const side = channels === 3 ? 32 : 28;
  const part = (start: number, rows: number): Rows => {
    const shape = [rows, side, side, channels];
    const data = new Float32Array(rows * side * side * channels);
    let place = 0;
    for (let image = start; image < start + rows; image++) {
      for (let row = 0; row < side; row++) {
        for (let column = 0; column < side; column++) {
          const pixel = ((image * 32 + row) * 32 + column) * 3;
          for (let c = 0; c < channels; c++) data[place++] = drawn.x.data[pixel + c]! / 128 - 1;
        }
      }
    }
    return {
      x: { data, shape },
      y: { data: drawn.y.data.slice(start, start + rows), shape: [rows] },
    };
  };
  return { training: part(0, TRAINING_ROWS), test: part(TRAINING_ROWS, TEST_ROWS) };
}
