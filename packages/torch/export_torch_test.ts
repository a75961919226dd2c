import { beginCifar } from "@gradus/testing/image-trainings";
import { inFolder } from "@gradus/testing/in-folder";
import { beginIris } from "@gradus/testing/iris-training";
import type { Training } from "@gradus/testing/training";
import { Conv2d, Dense, Flatten, type Layer, Relu, Sequential } from "@gradus/layers";
import { random } from "@gradus/random";
import { decodeSafetensors } from "@gradus/safetensors";
import type { Shape } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { exportTorch } from "./export_torch.ts";
import { writtenFiles } from "./golden/_write_programs_test.ts";
import type { TrainingRecord } from "./training_record.ts";

/** A model whose weights count from 0. */
function counting(layers: Layer[], inputShape: Shape): Sequential {
  const model = new Sequential(layers);
  model.init(inputShape, { backend: reference(), random: random(0) });
  for (const { value } of model.parameters) {
    value.set(Float32Array.from({ length: value.size }, (_, i) => i));
  }
  return model;
}

async function weightsOf(model: Sequential) {
  const files = await exportTorch({ model });
  const { tensors } = decodeSafetensors(files.get("model.safetensors") as Uint8Array);
  return Object.fromEntries(
    [...tensors].map(([name, { shape, data }]) => [name, [shape, [...data]]]),
  );
}

describe("exportTorch()", () => {
  it("writes the programs that are kept in golden/, byte for byte", async () => {
    for (const [name, contents] of await writtenFiles()) {
      if (typeof contents !== "string") continue;
      assertEquals(
        contents,
        await Deno.readTextFile(`${import.meta.dirname}/golden/${name}`),
        name,
      );
    }
  });

  it("turns kernels of convolutions to filters, channels, height, width", async () => {
    const model = counting([new Conv2d(2, { kernel: [1, 2], bias: false })], [1, 2, 3]);
    assertEquals(await weightsOf(model), {
      "0.weight": [[2, 3, 1, 2], [0, 6, 2, 8, 4, 10, 1, 7, 3, 9, 5, 11]],
    });
  });

  it("puts the rows of a dense weight behind a flatten into the order of channels first", async () => {
    const layers = [new Flatten(), new Relu(), new Dense(1), new Dense(2)];
    const model = counting(layers, [1, 2, 3]);
    assertEquals(await weightsOf(model), {
      "2.weight": [[1, 6], [0, 3, 1, 4, 2, 5]],
      "2.bias": [[1], [0]],
      // Behind the first dense layer all is as it was.
      "3.weight": [[2, 1], [0, 1]],
      "3.bias": [[2], [0, 1]],
    });
  });

  it("leaves the rows where there is one channel, or one pixel", async () => {
    for (const inputShape of [[2, 3, 1], [1, 1, 6]]) {
      const model = counting([new Flatten(), new Dense(1, { bias: false })], inputShape);
      assertEquals(await weightsOf(model), { "1.weight": [[1, 6], [0, 1, 2, 3, 4, 5]] });
    }
  });

  it("gives the numbers of the moment of its call", async () => {
    const training = beginIris();
    const before = await exportTorch({ model: training.model, training });
    const writing = exportTorch({ model: training.model, training });
    for (const { value } of training.model.parameters) value.set(new Float32Array(value.size));
    assertEquals(await writing, before);
  });

  it("leaves out what the optimizer has not begun to keep", async () => {
    const training = beginIris();
    const files = await exportTorch({ model: training.model, training });
    const { tensors, metadata } = decodeSafetensors(
      files.get("training.safetensors") as Uint8Array,
    );
    assertEquals([...tensors.keys()].sort(), [
      "model.0.bias",
      "model.0.weight",
      "model.2.bias",
      "model.2.weight",
      "rows",
    ]);
    assertEquals(Object.fromEntries(metadata), {
      format: "gradus-torch",
      steps: "0",
      updates: '{"0.weight":0,"0.bias":0,"2.weight":0,"2.bias":0}',
    });
  });

  it("refuses models that PyTorch could not lay out", async () => {
    const refuse = async (model: Sequential, errorClass: new () => Error) =>
      (await assertRejects(() => exportTorch({ model }), errorClass)).message;
    assertEquals(
      await refuse(counting([new Relu()], [2, 3]), TypeError),
      "Cannot lay a model out for PyTorch as its input must be a row or an image: found [2, 3]",
    );
    assertEquals(
      await refuse(new Sequential([new Relu()]), Error),
      "Cannot lay a model out for PyTorch as it must be initialised: call init first",
    );
  });

  it("refuses a record that is not of the model and its training", async () => {
    const refuse = async (
      change: (record: TrainingRecord) => object,
      also: Partial<Training> = {},
    ) => {
      const training = { ...beginIris(), ...also };
      const record = { ...training.record, ...change(training.record) } as TrainingRecord;
      const error = await assertRejects(
        () => exportTorch({ model: training.model, training: { ...training, record } }),
        TypeError,
      );
      return error.message.replace("Cannot write a training for PyTorch as ", "");
    };
    const { record } = beginIris();
    const statistics = { mean: [0], deviation: [1] };
    const data = { type: "fashionMnist", folder: "", statistics, augment: [] } as const;
    assertEquals(
      await refuse(() => ({ data })),
      "the model's inputs must be those of fashionMnist, [28, 28, 1]: found [4]",
    );
    assertEquals(await refuse(() => ({ rows: [] })), "there must be rows to train on: found none");
    const average = { decay: { limit: 0, steps: 1, power: 0 }, every: 1, lookahead: false };
    assertEquals(
      await refuse(() => ({ average })),
      "an average of weights must be in the record and among the state, or in neither: found none among the state",
    );
    assertEquals(
      await refuse(({ optimizer }) => ({ optimizer: { ...optimizer, type: "adam" } })),
      "the optimizer must be that of the record: found sgd and, in the record, adam",
    );
    const [group] = record.optimizer.groups;
    assertEquals(
      await refuse(({ optimizer }) => ({ optimizer: { ...optimizer, groups: [group] } })),
      "the optimizer's parameters must be those of the record's groups: found 0.weight, 2.weight, 0.bias, 2.bias and, in the record, 0.weight, 2.weight",
    );
    assertEquals(
      await refuse(() => ({ frozen: ["7.weight"] })),
      "parameters of optimizer and record must be the model's: found 7.weight",
    );
    const model = counting([new Relu()], [4]);
    assertEquals(
      await refuse(() => ({}), { model }),
      "parameters of optimizer and record must be the model's: found 0.weight, 2.weight, 0.bias, 2.bias",
    );
  });

  it("writes what is random in names of files as text alone", async () => {
    await inFolder(async (folder) => {
      const training = await beginCifar(folder, reference());
      const data = { ...training.record.data, folder: 'a"\nimport os #\\' };
      const record = { ...training.record, data } as TrainingRecord;
      const files = await exportTorch({ model: training.model, training: { ...training, record } });
      const lines = (files.get("train_ddp.py") as string).split("\n");
      assertEquals(lines.filter((line) => line.startsWith("DATA")), [
        'DATA = "a\\"\\nimport os #\\\\"  # the folder of data_batch_1.bin and its like',
      ]);
    });
  });
});
