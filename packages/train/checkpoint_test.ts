import { Batches } from "@gradus/data";
import {
  Dense,
  Dropout,
  type InitContext,
  type Layer,
  Relu,
  Sequential,
  type State,
} from "@gradus/layers";
import { SoftmaxCrossEntropy } from "@gradus/losses";
import {
  Adagrad,
  Adam,
  AdamW,
  cosine,
  exponential,
  Muon,
  oneCycle,
  type OptimizedParameters,
  type Optimizer,
  ReduceOnPlateau,
  RmsProp,
  type Schedule,
  Sgd,
} from "@gradus/optim";
import { random } from "@gradus/random";
import { decodeSafetensors, encodeSafetensors, type NamedArray } from "@gradus/safetensors";
import { add, type Shape, type Tensor, tensor, zeros } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { assert, assertEquals, assertNotEquals, assertRejects, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import {
  decodeCheckpoint,
  EarlyStopping,
  encodeCheckpoint,
  encodeModel,
  evaluate,
  fit,
  loadCheckpoint,
  type Savable,
  saveCheckpoint,
  WeightAverage,
} from "./mod.ts";

const dataset = {
  x: { data: Float32Array.from({ length: 14 }, (_, i) => Math.sin(i)), shape: [7, 2] },
  y: { data: new Int32Array([0, 1, 2, 0, 1, 2, 0]), shape: [7] },
};
const EPOCHS = 6;

/** `y = x + total`, where the total grows in train mode: a layer with a tensor among its states. */
class Drift implements Layer {
  readonly parameters = [];
  state: State[] = [];
  #total!: Tensor;
  init(inputShape: Shape, { backend }: InitContext): Shape {
    this.#total = zeros(backend, [1]);
    this.state = [{ name: "total", value: this.#total }];
    return inputShape;
  }
  forward(x: Tensor, mode = "train"): Tensor {
    if (mode === "train") add(this.#total, 0.125, { out: this.#total });
    return add(x, this.#total);
  }
  backward(dy: Tensor): Tensor {
    return dy;
  }
}

type Make = (parameters: OptimizedParameters, plateau: ReduceOnPlateau) => Optimizer;

function setUp(make: Make, seed = 0) {
  const backend = reference();
  const model = new Sequential([
    ...[new Dense(4), new Drift(), new Relu(), new Dropout(0.25), new Dense(3)],
  ]);
  model.init([2], { backend, random: random(seed) });
  const plateau = new ReduceOnPlateau({ rate: 0.1, factor: 0.5, patience: 0 });
  return {
    backend,
    model,
    optimizer: make(model.parameters, plateau),
    stopping: new EarlyStopping(model, { patience: 2 }),
    average: new WeightAverage(model, { decay: (step) => 1 - 1 / step, every: 2, lookahead: true }),
    others: { plateau },
  };
}
type Training = ReturnType<typeof setUp>;

/** Trains from one epoch to another, and gives the checkpoint before each, and the last one. */
async function train(training: Training, startEpoch = 0): Promise<Uint8Array[]> {
  const { backend, model, optimizer, stopping, average, others: { plateau } } = training;
  const loss = new SoftmaxCrossEntropy();
  const batches = new Batches(dataset, { size: 3, seed: 0 });
  const checkpoints = [await encodeCheckpoint({ ...training, epoch: startEpoch })];
  const options = { model, loss, optimizer, batches, startEpoch, epochs: EPOCHS };
  for await (const { isLast, epoch } of fit(options)) {
    average.update();
    if (!isLast) continue;
    const { loss: validation } = await evaluate({ backend, model, loss, batches });
    stopping.observe(validation);
    plateau.observe(validation);
    checkpoints.push(await encodeCheckpoint({ ...training, epoch: epoch + 1 }));
  }
  return checkpoints;
}

const sgd = (learningRate: number | Schedule): Make => (parameters) =>
  new Sgd(parameters, { learningRate, momentum: 0.9, nesterov: true, weightDecay: 1e-3 });

const makes: Record<string, Make> = {
  "Sgd with momentum": sgd(0.1),
  "Sgd with dampening": (parameters) =>
    new Sgd(parameters, { learningRate: 0.1, momentum: 0.5, dampening: 0.5, clipNorm: 1 }),
  "Adam": (parameters) => new Adam(parameters, { learningRate: 0.01 }),
  "AdamW": (parameters) => new AdamW(parameters, { learningRate: 0.01 }),
  "Muon": (parameters) => new Muon(parameters, { learningRate: 0.02 }),
  "RmsProp": (parameters) => new RmsProp(parameters, { learningRate: 0.01, momentum: 0.5 }),
  "Adagrad": (parameters) => new Adagrad(parameters, { learningRate: 0.01 }),
  "a staircase": sgd(exponential({ rate: 0.1, decay: 0.5, stageSteps: 4, staircase: true })),
  "a cosine": sgd(cosine({ rate: 0.1, steps: 3 * EPOCHS })),
  "one cycle": sgd(oneCycle({ peak: 0.1, steps: 3 * EPOCHS })),
  "a plateau": (parameters, plateau) =>
    new Sgd(parameters, { learningRate: plateau.schedule, momentum: 0.9 }),
};

describe("decodeCheckpoint()", () => {
  for (const [name, make] of Object.entries(makes)) {
    it(`resumes at every epoch as if training had never stopped: ${name}`, async () => {
      const whole = await train(setUp(make));
      assertEquals(whole.length, EPOCHS + 1);
      for (const [epoch, checkpoint] of whole.entries()) {
        const resumed = setUp(make, 1 + epoch);
        assertEquals(decodeCheckpoint(checkpoint, resumed), epoch);
        assertEquals(await train(resumed, epoch), whole.slice(epoch));
      }
    });
  }

  it("goes on in a training that was under way, which forgets what it did", async () => {
    const whole = await train(setUp(makes["Adam"]!));
    const training = setUp(makes["Adam"]!, 1);
    await train(training);
    decodeCheckpoint(whole[2]!, training);
    assertEquals(await train(training, 2), whole.slice(2));
  });

  it("clears the flag of a gradient that was not finite", async () => {
    const training = setUp(makes["Adam"]!);
    const bytes = await encodeCheckpoint({ ...training, epoch: 0 });
    training.model.parameters[0]!.gradient.set(new Float32Array(8).fill(NaN));
    training.optimizer.step();
    assertNotEquals(await training.optimizer.flag.data(), new Int32Array(2));
    decodeCheckpoint(bytes, training);
    assertEquals(await training.optimizer.flag.data(), new Int32Array(2));
  });

  it("has tests in which the plateau falls, early stopping stops and dropout drops", async () => {
    const training = setUp(makes["a plateau"]!);
    await train(training);
    assert(training.others.plateau.rate < 0.1);
    assert(training.stopping.bestEpoch >= 0 && training.stopping.bestEpoch < EPOCHS - 1);
    const numbers = training.model.state.filter(({ value }) => typeof value === "number");
    assertEquals(numbers[1], { ...numbers[1]!, name: "3.step", value: 3 * EPOCHS });
  });

  it("refuses what does not fit, and changes nothing", async () => {
    const make = makes["Sgd with momentum"]!;
    const good = (await train(setUp(make)))[3]!;
    const { tensors, metadata } = decodeSafetensors(good);
    const record = JSON.parse(metadata.get("checkpoint")!);
    const withRecord = (change: object) =>
      encodeSafetensors(tensors, {
        metadata: { ...Object.fromEntries(metadata), checkpoint: JSON.stringify(change) },
      });
    const withTensors = (change: [string, NamedArray | null][]) => {
      const changed = new Map<string, NamedArray>(tensors);
      for (const [name, array] of change) {
        if (array === null) changed.delete(name);
        else changed.set(name, array);
      }
      return encodeSafetensors(changed, { metadata });
    };
    const withNumbers = (numbers: string) =>
      encodeSafetensors(tensors, { metadata: { ...Object.fromEntries(metadata), numbers } });
    const one = { shape: [1], data: new Float32Array(1) };
    const { optimizer, stopping, average, others } = record;
    const cases: [Uint8Array, new (message: string) => Error, string][] = [
      [good.slice(0, 100), SyntaxError, "f"],
      [
        encodeSafetensors(tensors),
        SyntaxError,
        "Cannot resume from f as its metadata must hold a checkpoint: found none",
      ],
      ...[
        { ...record, epoch: -1 },
        { ...record, epoch: 0.5 },
        { ...record, epoch: "3" },
        {
          epoch: 3,
        },
        { ...record, others: null },
        [],
        { ...record, others: 7 },
      ].map((
        wrong,
      ): [Uint8Array, typeof SyntaxError, string] => [
        withRecord(wrong),
        SyntaxError,
        "Cannot resume from f as its metadata must hold a checkpoint: found " +
        JSON.stringify(wrong).slice(0, 80),
      ]),
      [
        withTensors([["model.0.bias", null]]),
        TypeError,
        "Cannot load f as it must have the training's tensors and no other: found missing model.0.bias, extra none",
      ],
      [
        withTensors([
          ...["optimizer.0.bias.velocity", "best.0.bias", "average.1.total"].map(
            (name): [string, null] => [name, null],
          ),
        ]),
        TypeError,
        "Cannot load f as it must have the training's tensors and no other: found missing optimizer.0.bias.velocity, best.0.bias, average.1.total, extra none",
      ],
      [
        withTensors([["other", one], ["__proto__", one]]),
        TypeError,
        "Cannot load f as it must have the training's tensors and no other: found missing none, extra __proto__, other",
      ],
      [
        withTensors([["best.0.bias", one]]),
        TypeError,
        "Cannot load best.0.bias from f as its shape must be [4]: found [1]",
      ],
      [
        withTensors([["optimizer.0.bias.velocity", {
          shape: [4],
          data: new Uint16Array(4),
          dtype: "BF16",
        }]]),
        TypeError,
        "Cannot load optimizer.0.bias.velocity from f as its type must be F32 or F64: found BF16",
      ],
      [
        withNumbers(`{"3.key": 1}`),
        TypeError,
        "Cannot load f as it must have the training's states and no other: found missing model.3.step, extra none",
      ],
      [
        withNumbers(`{"3.key": 1, "3.step": 2, "__proto__": 3}`),
        TypeError,
        "Cannot load f as it must have the training's states and no other: found missing none, extra model.__proto__",
      ],
      [
        withRecord({ ...record, stopping: null, average: undefined, others: { b: {} } }),
        TypeError,
        "Cannot load f as it must have the training's states and no other: found missing stopping, average, others.plateau, extra others.b",
      ],
      [
        withRecord({ ...record, optimizer: { ...optimizer, kind: "adam" } }),
        TypeError,
        "Cannot restore sgd as the state must be its own: found adam in f",
      ],
      [
        withRecord({ ...record, optimizer: null }),
        TypeError,
        "Cannot restore sgd as its state must be a record: found null in f",
      ],
      [
        withRecord({ ...record, optimizer: { ...optimizer, steps: -1 } }),
        RangeError,
        "Cannot restore sgd as its steps must be a whole number of at least 0: found -1 in f",
      ],
      [
        withRecord({ ...record, stopping: { ...stopping, observed: -1 } }),
        TypeError,
        "Cannot restore early stopping as its state must be one that it saved, with 2 numbers: found ",
      ],
      [
        withRecord({ ...record, average: { ...average, steps: 0.5 } }),
        TypeError,
        'Cannot restore averaged weights as steps must be a whole number of at least 0: found {"steps":0.5} in f',
      ],
      [
        withRecord({ ...record, others: { plateau: { ...others.plateau, rate: -1 } } }),
        RangeError,
        "Cannot restore a plateau as its rate must be a finite number of at least 0: found -1 in f",
      ],
    ];
    for (const trained of [false, true]) {
      const training = setUp(make, 1);
      if (trained) await train(training);
      const before = await encodeCheckpoint({ ...training, epoch: 9 });
      for (const [bytes, kind, message] of cases) {
        assertThrows(() => decodeCheckpoint(bytes, training, { name: "f" }), kind, message);
        assertEquals(await encodeCheckpoint({ ...training, epoch: 9 }), before, message);
      }
      assertEquals(decodeCheckpoint(good, training), 3);
    }
  });

  it("keeps the best weights where a file that has none is refused", async () => {
    const make = makes["Adam"]!;
    const training = setUp(make);
    const { tensors, metadata } = decodeSafetensors((await train(training))[0]!);
    const record = JSON.parse(metadata.get("checkpoint")!);
    metadata.set("checkpoint", JSON.stringify({ ...record, optimizer: null }));
    const before = await encodeCheckpoint({ ...training, epoch: 9 });
    assertThrows(() => decodeCheckpoint(encodeSafetensors(tensors, { metadata }), training));
    assertEquals(await encodeCheckpoint({ ...training, epoch: 9 }), before);
  });

  it("undoes what it restored where something else does not fit", async () => {
    const order: string[] = [];
    const savable = (name: string, isBad = false): Savable => ({
      save: () => name,
      restore: (state: string) => {
        order.push(`${name} ${state}`);
        if (isBad) throw new TypeError("bad");
      },
    });
    const { model, optimizer } = setUp(makes["Adam"]!);
    const others = { a: savable("old a"), b: savable("old b"), c: savable("old c") };
    const saved = { a: savable("new a"), b: savable("new b"), c: savable("new c") };
    const bytes = await encodeCheckpoint({ model, optimizer, epoch: 1, others: saved });
    const wrong = { ...others, b: savable("old b", true) };
    assertThrows(() => decodeCheckpoint(bytes, { model, optimizer, others: wrong }), TypeError);
    assertEquals(order, ["old a new a", "old b new b", "old a old a"]);
    order.length = 0;
    assertEquals(decodeCheckpoint(bytes, { model, optimizer, others }), 1);
    assertEquals(order, ["old a new a", "old b new b", "old c new c"]);
  });

  it("refuses a model's file, and a model refuses a checkpoint", async () => {
    const training = setUp(makes["Adam"]!);
    const model = await encodeModel(training.model);
    assertThrows(
      () => decodeCheckpoint(model, training),
      SyntaxError,
      "Cannot resume from the file as its metadata must hold a checkpoint: found none",
    );
  });
});

describe("encodeCheckpoint()", () => {
  it("takes all of a training at the moment of the call", async () => {
    const make = makes["Adam"]!;
    const bytes = await encodeCheckpoint({ ...setUp(make), epoch: 0 });
    const training = setUp(make);
    const early = encodeCheckpoint({ ...training, epoch: 0 });
    training.model.forward(tensor(training.backend, [[1, 2]]));
    training.model.parameters[0]!.value.set([[1, 2, 3, 4], [5, 6, 7, 8]]);
    training.optimizer.step();
    training.stopping.observe(1);
    training.average.update();
    training.others.plateau.observe(1);
    assertEquals(await early, bytes);
  });

  it("refuses an epoch that is none", async () => {
    const training = setUp(makes["Adam"]!);
    for (const epoch of [-1, 0.5, NaN]) {
      await assertRejects(
        () => encodeCheckpoint({ ...training, epoch }),
        RangeError,
        `Cannot save a checkpoint as epoch must be a whole number of at least 0: found ${epoch}`,
      );
    }
  });

  it("refuses early stopping that gave its weights back", async () => {
    const training = setUp(makes["Adam"]!);
    training.stopping.observe(1);
    training.stopping.dispose();
    await assertRejects(
      () => encodeCheckpoint({ ...training, epoch: 1 }),
      Error,
      "Cannot save early stopping as its best weights must be there: found them disposed",
    );
  });
});

describe("saveCheckpoint() and loadCheckpoint()", () => {
  it("are the same by way of a file, which errors name", async () => {
    const path = `${await Deno.makeTempDir()}/checkpoint.safetensors`;
    const make = makes["Adam"]!;
    const [training, other] = [setUp(make), setUp(make, 1)];
    await train(training);
    await saveCheckpoint({ ...training, epoch: 6 }, path);
    assertEquals(await loadCheckpoint(other, path), 6);
    assertEquals(
      await encodeCheckpoint({ ...other, epoch: 6 }),
      new Uint8Array(await Deno.readFile(path)),
    );
    const { model, optimizer } = training;
    await assertRejects(
      () => loadCheckpoint({ model, optimizer }, path),
      TypeError,
      `Cannot load ${path} as it must have the training's states and no other: found missing none, extra stopping, average, others.plateau`,
    );
  });
});
