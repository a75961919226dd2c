import type { Layer } from "@gradus/layers";
import type { Loss } from "@gradus/losses";
import type { Optimizer } from "@gradus/optim";
import type { Shape, Tensor } from "@gradus/tensor";
import { BatchSlots, EpochRecord } from "./_epoch_record.ts";
import { macrotask } from "./_macrotask.ts";
import { Staging } from "./_staging.ts";
import { wholeEpoch } from "./_whole_epoch.ts";
import type { BatchSource } from "./batch_source.ts";
import type { Means } from "./means.ts";

/** What {@linkcode fit} needs. */
export interface FitOptions {
  /** The model, initialised. */
  readonly model: Layer;
  /** What it shall make small. */
  readonly loss: Loss;
  /** What moves its parameters. */
  readonly optimizer: Optimizer;
  /** The training rows. */
  readonly batches: BatchSource;
  /** Number of the epoch before which to stop: how many there are in all, at least 1. */
  readonly epochs: number;
  /** Number of the first epoch: how many were done before, when a run is resumed. Default: 0. */
  readonly startEpoch?: number;
}

/** One step of training: a batch forward and backward, and the parameters moved. */
export interface Step {
  /** Steps of the optimizer before this one. */
  readonly index: number;
  /** Number of the epoch, from 0. */
  readonly epoch: number;
  /** Whether it is the last step of its epoch. */
  readonly isLast: boolean;
  /** Rows of the batch. */
  readonly rows: number;
  /** The rate of this step. */
  readonly learningRate: number;
  /**
   * Mean loss of the batch, before the parameters moved; read from the backend when asked.
   *
   * @returns The number, not finite if training has gone astray.
   * @throws {Error} If training was stopped before the end of this epoch.
   */
  loss(): Promise<number>;
  /**
   * Means over all rows of the epoch so far, each batch as the model was when it came.
   *
   * @returns Loss and accuracy.
   * @throws {Error} If training was stopped before the end of this epoch.
   */
  epochMeans(): Promise<Means>;
}

/**
 * Trains a model, and yields after every step: log, draw, save, evaluate, or stop with `break`.
 *
 * A step does not wait for the backend, unless that falls far behind. An epoch's losses are read once, at its
 * last step. Targets are checked before their step changes anything.
 *
 * @param options Model, loss, optimizer, batches, epochs.
 * @returns The steps, as they are taken.
 * @throws {RangeError} If epochs is not a whole number of at least 1, a target is out of range, naming its
 * row, or an epoch has another number of batches than the source's length. If a gradient is not finite,
 * naming parameter and step; no parameter moved since. If a loss is not finite, naming the step. The last
 * two come at the end of their epoch.
 * @throws {TypeError} If inputs or targets do not fit the model or the loss.
 *
 * @example
 * ```ts
 * import { Batches } from "@gradus/data";
 * import { Dense } from "@gradus/layers";
 * import { SoftmaxCrossEntropy } from "@gradus/losses";
 * import { Sgd } from "@gradus/optim";
 * import { random } from "@gradus/random";
 * import { reference } from "@gradus/tensor/reference";
 * import { fit } from "@gradus/train";
 * import { assert } from "@std/assert";
 *
 * const x = { data: new Float32Array([-2, -1, 1, 2]), shape: [4, 1] };
 * const y = { data: new Int32Array([0, 0, 1, 1]), shape: [4] };
 * const batches = new Batches({ x, y }, { size: 2, seed: 0 });
 *
 * const model = new Dense(2);
 * model.init([1], { backend: reference(), random: random(0) });
 * const loss = new SoftmaxCrossEntropy();
 * const optimizer = new Sgd(model.parameters, { learningRate: 0.5, momentum: 0.9 });
 *
 * const losses: number[] = [];
 * for await (const step of fit({ model, loss, optimizer, batches, epochs: 10 })) {
 *   if (step.isLast) losses.push((await step.epochMeans()).loss);
 * }
 * assert(losses[9]! < losses[0]! / 5);
 * ```
 */
export async function* fit(options: FitOptions): AsyncGenerator<Step, void> {
  const { model, loss, optimizer, batches, epochs, startEpoch = 0 } = options;
  assertEpochs(epochs, startEpoch);
  const { length } = batches;
  const { backend } = optimizer.flag;
  const slots = new BatchSlots(backend, length);
  const staging = new Staging(backend);
  try {
    let outputShape: Shape | null = null;
    let sliceStart = performance.now();
    for (let epoch = startEpoch; epoch < epochs; epoch++) {
      const record = new EpochRecord(slots);
      for (const batch of wholeEpoch(batches, { epoch, length })) {
        const { steps: index, learningRate } = optimizer;
        const { x, y } = staging.upload(batch);
        outputShape ??= outputShapeOf(model, x);
        loss.checkTarget(batch.y, outputShape);

        const prediction = model.forward(x, "train");
        const slot = record.keep(loss.forward(prediction, y), prediction, y);
        model.backward(loss.backward(), { inputGradient: false });
        optimizer.step();

        const isLast = slot === length - 1;
        if (isLast) await finish(record, optimizer);
        yield {
          ...{ index, epoch, isLast, rows: batch.rows, learningRate },
          loss: async () => (await record.read()).losses[slot]!,
          epochMeans: async () => (await record.read()).means,
        };
        if (performance.now() - sliceStart < 16) continue;
        await macrotask().then(() => backend.pace?.());
        sliceStart = performance.now();
      }
    }
  } finally {
    staging.dispose();
    slots.dispose();
  }
}

/** Shape of one output; in eval mode, so that nothing of the model changes should a target be refused. */
function outputShapeOf(model: Layer, x: Tensor): Shape {
  return model.forward(x, "eval").shape.slice(1);
}

/** Reads an epoch's losses, and refuses to go on from one, or from a gradient, that is not finite. */
async function finish(record: EpochRecord, optimizer: Optimizer): Promise<void> {
  const [flag, { losses }] = await Promise.all([optimizer.flag.data(), record.finish()]);
  optimizer.check(flag);
  const bad = losses.findIndex((loss) => !Number.isFinite(loss));
  if (bad >= 0) {
    throw new RangeError(
      `Cannot go on training as the loss of step ${
        optimizer.steps - losses.length + bad
      } must be finite: found ${losses[bad]}`,
    );
  }
}

function assertEpochs(epochs: number, startEpoch: number): void {
  for (
    const [name, value, least] of [["epochs", epochs, 1], ["startEpoch", startEpoch, 0]] as const
  ) {
    if (!Number.isInteger(value) || value < least) {
      throw new RangeError(
        `Cannot train as ${name} must be a whole number of at least ${least}: found ${value}`,
      );
    }
  }
}
