import { type Loss, SoftmaxCrossEntropy } from "@gradus/losses";
import { evaluate, fit, type Means } from "@gradus/train";
import type { Report } from "../messages.ts";
import { buildOptimizer } from "./build_optimizer.ts";
import type { Run } from "./run.ts";
import type { TrainingControl } from "./training_control.ts";
import { TrainingLog } from "./training_log.ts";

/** How a training ended. */
export interface TrainingEnd {
  /** Whether all epochs were done. */
  readonly isWhole: boolean;
  /** Means over the rows to test with; null where there are none, or training was stopped. */
  readonly test: Means | null;
}

/**
 * Trains a run's model for the epochs of its settings, or until it is stopped.
 *
 * @param run What is trained.
 * @param control What the visitor does meanwhile.
 * @param report Told of progress, and of what the model says of the samples.
 * @throws {RangeError} If training diverges.
 */
export async function train(
  run: Run,
  control: TrainingControl,
  report: (report: Report) => void,
): Promise<TrainingEnd> {
  const { settings, task: { training: batches }, model } = run;
  const loss = new SoftmaxCrossEntropy();
  const optimizer = buildOptimizer(settings.optimizer, model, () => control.learningRate);
  const startEpoch = run.epochs;
  const epochs = startEpoch + settings.epochs;
  const log = new TrainingLog(run, { epochs, loss, report });

  await log.begin();
  for await (const step of fit({ model, loss, optimizer, batches, epochs, startEpoch })) {
    run.epochs = step.epoch + 1;
    await log.take(step, step.index % batches.length);
    if (!await control.goesOn()) break;
    log.stepBegins();
  }
  await log.tell();
  return { isWhole: !control.isStopped, test: control.isStopped ? null : await test(run, loss) };
}

/** Means over the rows to test with, part by part, so that the worker can answer in between. */
async function test({ task, model, backend }: Run, loss: Loss): Promise<Means | null> {
  const sum = { loss: 0, accuracy: 0, rows: 0 };
  for (const batches of task.test) {
    const part = await evaluate({ model, loss, backend, batches });
    sum.loss += part.loss * part.rows;
    sum.accuracy += part.accuracy! * part.rows;
    sum.rows += part.rows;
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  const { rows } = sum;
  return rows === 0 ? null : { loss: sum.loss / rows, accuracy: sum.accuracy / rows, rows };
}
