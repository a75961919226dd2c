import type { Layer } from "@gradus/layers";
import type { Loss } from "@gradus/losses";
import type { Backend } from "@gradus/tensor";
import { BatchSlots, EpochRecord } from "./_epoch_record.ts";
import { Staging } from "./_staging.ts";
import { wholeEpoch } from "./_whole_epoch.ts";
import type { BatchSource } from "./batch_source.ts";
import type { Means } from "./means.ts";

/** What {@linkcode evaluate} needs. */
export interface EvaluateOptions {
  /** The model, initialised; it runs in eval mode and nothing of it changes. */
  readonly model: Layer;
  /** The loss. */
  readonly loss: Loss;
  /** The rows, all of them once; batches of the training's size need no new memory. */
  readonly batches: BatchSource;
  /** Where the model is. */
  readonly backend: Backend;
}

/**
 * Mean loss and accuracy of a model over some rows, read from the backend once.
 *
 * @param options Model, loss, rows, backend.
 * @returns Means in which each row weighs the same, so a short last batch does not weigh too much.
 * @throws {RangeError} If a target is out of range, naming its row, or there are not as many batches as
 * the source's length.
 * @throws {TypeError} If inputs or targets do not fit the model or the loss.
 *
 * @example
 * ```ts
 * import { Batches } from "@gradus/data";
 * import { Dense } from "@gradus/layers";
 * import { SoftmaxCrossEntropy } from "@gradus/losses";
 * import { random } from "@gradus/random";
 * import { reference } from "@gradus/tensor/reference";
 * import { evaluate } from "@gradus/train";
 * import { assertEquals } from "@std/assert";
 *
 * const backend = reference();
 * const model = new Dense(2);
 * model.init([1], { backend, random: random(0) });
 * model.parameters[0]!.value.set([[-1, 1]]);
 * const x = { data: new Float32Array([-2, 1, 2]), shape: [3, 1] };
 * const y = { data: new Int32Array([0, 0, 1]), shape: [3] };
 * const batches = new Batches({ x, y }, { size: 2 });
 * const loss = new SoftmaxCrossEntropy();
 * const { accuracy, rows } = await evaluate({ model, loss, batches, backend });
 * assertEquals([accuracy, rows], [2 / 3, 3]);
 * ```
 */
export async function evaluate(options: EvaluateOptions): Promise<Means> {
  const { model, loss, batches, backend } = options;
  const { length } = batches;
  const slots = new BatchSlots(backend, length);
  const staging = new Staging(backend);
  try {
    const record = new EpochRecord(slots);
    for (const batch of wholeEpoch(batches, { epoch: 0, length })) {
      const { x, y } = staging.upload(batch);
      const prediction = model.forward(x, "eval");
      loss.checkTarget(batch.y, prediction.shape.slice(1));
      record.keep(loss.forward(prediction, y), prediction, y);
    }
    return (await record.finish()).means;
  } finally {
    staging.dispose();
    slots.dispose();
  }
}
