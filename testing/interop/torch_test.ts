import {
  Arctan,
  AveragePool2d,
  BatchNorm,
  Conv2d,
  Dense,
  Dropout,
  Elu,
  Flatten,
  Gelu,
  GlobalAveragePool2d,
  GlobalMaxPool2d,
  type Layer,
  LayerNorm,
  LeakyRelu,
  Linear,
  MaxPool2d,
  Relu,
  Residual,
  Scale,
  Sequential,
  Sigmoid,
  Silu,
  Softmax,
  Softplus,
  Tanh,
} from "@gradus/layers";
import { random } from "@gradus/random";
import { type Shape, softmax, tensor } from "@gradus/tensor";
import { cpu } from "@gradus/tensor/cpu";
import { reference } from "@gradus/tensor/reference";
import { exportTorch, importTorch } from "@gradus/torch";
import { assert } from "@std/assert";
import { assertClose } from "../assert_close.ts";
import { inFolder } from "../in_folder.ts";
import { askProgram } from "./ask_program.ts";
import { isAsked } from "./is_asked.ts";
import { trainedNetworks } from "./networks.ts";
import type { Numbers } from "./numbers.ts";
import { lacksPython, python } from "./python.ts";
import { writeFiles } from "./write_files.ts";

/** What programs in float32 may differ by: the requirement on probabilities. */
const TOLERANCE = 1e-5;

const lacksTorch = await lacksPython("torch");
const ignore = !isAsked || lacksTorch;
const note = lacksTorch ? " (PyTorch is not installed)" : "";

interface Model {
  readonly name: string;
  readonly model: Sequential;
  readonly x: Numbers;
}

interface Answer {
  readonly before: readonly number[];
  readonly after: readonly number[];
}

/** Has PyTorch run models before and after it trains them, and compares with what Gradus makes of both. */
async function compare(models: readonly Model[]): Promise<void> {
  await inFolder(async (folder) => {
    for (const { name, model } of models) {
      await writeFiles(`${folder}/${name}`, await exportTorch({ model }));
    }
    const answers = await askProgram<Answer[]>(
      [python, `${import.meta.dirname}/torch_models.py`],
      models.map(({ name, x }) => ({ folder: `${folder}/${name}`, x })),
    );
    for (const [place, { name, model, x }] of models.entries()) {
      const { before, after } = answers[place]!;
      const ours = await probabilities(model, x.data, x.shape);
      assertClose(ours, await softmaxOf(before, x.shape[0]!), TOLERANCE);

      const trained = await Deno.readFile(`${folder}/${name}/trained.safetensors`);
      importTorch(trained, { model });
      const changed = await probabilities(model, x.data, x.shape);
      assertClose(changed, await softmaxOf(after, x.shape[0]!), TOLERANCE);
      assert(
        changed.some((value, i) => Math.abs(value - ours[i]!) > 10 * TOLERANCE),
        `${name} is as before`,
      );
    }
  });
}

async function probabilities(model: Sequential, data: readonly number[], shape: Shape) {
  const { backend } = model.parameters[0]?.value ?? { backend: reference() };
  const x = tensor(backend, Float32Array.from(data), { shape });
  return await softmax(model.predict(x)).data();
}

/** Softmax of what PyTorch says, in float64. */
async function softmaxOf(logits: readonly number[], rows: number) {
  const shape = [rows, logits.length / rows];
  return await softmax(tensor(reference({ dtype: "float64" }), [...logits], { shape })).data();
}

Deno.test({
  name: `PyTorch loads the networks of the apps, and what it trains comes back${note}`,
  ignore,
  fn: async () => {
    const backend = await cpu({ threads: 1 });
    const networks = await trainedNetworks(backend);
    await compare(networks.map(({ name, model, test: { x } }) => ({
      ...{ name, model },
      x: { shape: x.shape, data: [...x.data] },
    })));
    await backend.close();
  },
});

Deno.test({
  name: `PyTorch loads each kind of layer, and what it trains comes back${note}`,
  ignore,
  fn: async () => {
    const images: Layer[][] = [
      // Strides, paddings and groups of all kinds, and what is normalised behind a flatten.
      [
        new Conv2d(6, { kernel: [3, 2], padding: "same", stride: [2, 1], groups: 3 }),
        new BatchNorm({ momentum: 0.4 }),
        new Gelu(),
        new Residual([new Conv2d(6, { kernel: 3, padding: "same" }), new LayerNorm()], {
          shortcut: new Conv2d(6, { kernel: 1 }),
        }),
        new Residual([new Residual(new Scale(0.5)), new Arctan()]),
        new MaxPool2d(3, { padding: "same", stride: 2 }),
        new AveragePool2d(2, { padding: "same", stride: 1 }),
        new Flatten(),
        new BatchNorm(),
        new Softplus(),
        new LayerNorm(),
        new Dense(7),
        new Silu(),
        new Dense(4, { bias: false }),
      ],
      [
        new Conv2d(6, { kernel: 3, padding: 2, dilation: 2, groups: 3, bias: false }),
        new Elu({ alpha: 0.7 }),
        new AveragePool2d([3, 2], { padding: 1, stride: 2 }),
        new MaxPool2d(2, { padding: 1, stride: [1, 2] }),
        new LeakyRelu({ alpha: 0.2 }),
        new Softmax(),
        new Scale(3),
        // No dense layer in sight that could put up with another order.
        new Flatten(),
        new Residual([new Dense(90), new Tanh()]),
        new Sequential([new Linear(), new Dense(5)]),
      ],
      [
        new AveragePool2d(2, { stride: 3 }),
        new Residual([new Sequential([new Conv2d(3, { kernel: 1 }), new Sigmoid()])]),
        new Flatten(),
      ],
      [new Conv2d(5, { kernel: 3, stride: 3, padding: "same" }), new GlobalAveragePool2d()],
      [new MaxPool2d(3, { padding: 2, stride: 1 }), new GlobalMaxPool2d(), new Dense(3)],
    ];
    const models = images.map((layers, place) => drawn(`images_${place}`, layers, [8, 7, 3]));
    const flat = [new Flatten(), new Dense(9), new Relu(), new Dropout(0), new Dense(4)];
    await compare([...models, drawn("rows", flat, [5])]);
  },
});

/** A model with weights and statistics at random, none of them a special one, and inputs. */
function drawn(name: string, layers: Layer[], inputShape: Shape): Model {
  const stream = random(1);
  const model = new Sequential(layers);
  model.init(inputShape, { backend: reference(), random: stream });
  for (const { value } of model.parameters) {
    value.set(Float32Array.from({ length: value.size }, () => stream.normal(0.1, 0.5)));
  }
  for (const { value } of model.state) {
    if (typeof value === "number") continue;
    value.set(Float32Array.from({ length: value.size }, () => stream.uniform(0.5, 2)));
  }
  const shape = [6, ...inputShape];
  const size = shape.reduce((product, length) => product * length);
  return { name, model, x: { shape, data: Array.from({ length: size }, () => stream.normal()) } };
}
