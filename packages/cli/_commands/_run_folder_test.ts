import { type Layer, Sequential } from "@gradus/layers";
import { random } from "@gradus/random";
import { reference } from "@gradus/tensor/reference";
import { type EpochEntry, openRun, type Run, save } from "@gradus/train";

/** The folder of a run with a model that was not trained. */
export async function writeRun(
  root: string,
  options: {
    readonly layers?: readonly Layer[];
    readonly inputShape?: readonly number[];
    readonly config?: Record<string, unknown>;
    readonly epochs?: readonly Partial<EpochEntry>[];
    readonly modelName?: string;
  } = {},
): Promise<{ readonly run: Run; readonly model: Sequential | null }> {
  const { layers, inputShape = [], config = {}, epochs = [], modelName = "a" } = options;
  const run = await openRun({ root, modelName, config });
  for (const [epoch, entry] of epochs.entries()) {
    const training = { loss: 1, accuracy: null, rows: 1 };
    run.epochs.push({ epoch, training, learningRate: 0.1, durationMs: 500, ...entry });
  }
  await run.finish();
  if (layers === undefined) return { run, model: null };
  const model = new Sequential(layers);
  model.init(inputShape, { backend: reference(), random: random(0) });
  await save(model, run.path("model.safetensors"));
  return { run, model };
}

/** Means of an epoch's validation. */
export function means(loss: number, accuracy: number | null = null) {
  return { validation: { loss, accuracy, rows: 4 } };
}
