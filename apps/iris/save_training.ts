import { TRAINING_FILE } from "@gradus/cli/run-training";
import type { TrainingRecord } from "@gradus/torch/training-record";
import { type Run, save, saveCheckpoint } from "@gradus/train";
import type { Trial } from "./flags.ts";
import type { Training } from "./training.ts";

/**
 * Writes a trained network into the folder of a run, with what other flowers need to be given to it, and what
 * it takes to go on with its training.
 */
export async function saveTraining(
  run: Run,
  { model, flowers, epochs, started }: Training,
  settings: Pick<Trial, "batch" | "data">,
): Promise<void> {
  const { standardizer, rows, orderSeed } = flowers;
  await save(model, run.path("model.safetensors"));
  await run.write("standardizer.json", `${JSON.stringify(standardizer)}\n`);
  if (started === undefined) return;
  const training: TrainingRecord = {
    data: { type: "iris", file: settings.data, statistics: standardizer.toJSON() },
    rows: [...rows],
    ...{ batch: settings.batch, epochs: epochs.length, seed: orderSeed, frozen: [] },
    ...started.settings,
  };
  await run.write(TRAINING_FILE, `${JSON.stringify(training)}\n`);
  const { optimizer } = started;
  const path = run.path("checkpoint.safetensors");
  await saveCheckpoint({ model, optimizer, epoch: epochs.length }, path);
}
