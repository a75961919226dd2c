import { SoftmaxCrossEntropy } from "@gradus/losses";
import { evaluate, fit, type Means } from "@gradus/train";
import type { CurvePoint, Report } from "../messages.ts";
import { buildOptimizer } from "./build_optimizer.ts";
import { curvePoint, TrainingCurve } from "./curve.ts";
import { reportSamples, type Run } from "./run.ts";
import type { TrainingControl } from "./training_control.ts";

/** How often the page hears how far training is. */
const REPORT_MS = 150;
/** How long a point of the training curve takes within an epoch, at least. */
const POINT_MS = 500;

/**
 * Trains a run's model for the epochs of its settings, or until it is stopped.
 *
 * @param run What is trained.
 * @param control What the visitor does meanwhile.
 * @param report Told of progress, and of what the model says of the samples.
 * @returns Whether all epochs were done; if so, the means over the rows to test with, if there are any.
 * @throws {RangeError} If training diverges.
 */
export async function train(
  run: Run,
  control: TrainingControl,
  report: (report: Report) => void,
): Promise<{ readonly isWhole: boolean; readonly test: Means | null }> {
  const { settings, task, model, backend } = run;
  const loss = new SoftmaxCrossEntropy();
  const optimizer = buildOptimizer(settings.optimizer, model, () => control.learningRate);
  const startEpoch = run.epochs;
  const epochs = startEpoch + settings.epochs;
  const curve = new TrainingCurve();
  const batches = task.training;

  let [training, validation]: CurvePoint[][] = [[], []];
  let [done, rows, busyMs] = [0, 0, 0];
  let [reportedMs, pointMs] = [performance.now(), performance.now()];
  const validate = async (epoch: number) => {
    const means = await evaluate({ model, loss, backend, batches: task.validation });
    validation.push(curvePoint(epoch, means));
  };
  const tell = async () => {
    const progress = {
      epoch: startEpoch + done / batches.length,
      epochs,
      rowsPerSecond: busyMs === 0 ? 0 : 1000 * rows / busyMs,
      training,
      validation,
    };
    [training, validation, rows, busyMs] = [[], [], 0, 0];
    report({ type: "progress", progress });
    await reportSamples(run, report);
    reportedMs = performance.now();
  };

  await validate(startEpoch);
  await tell();
  let isWhole = true;
  let sinceMs = performance.now();
  for await (const step of fit({ model, loss, optimizer, batches, epochs, startEpoch })) {
    const nowMs = performance.now();
    busyMs += nowMs - sinceMs;
    rows += step.rows;
    done++;
    run.epochs = step.epoch + 1;
    if (step.isLast || nowMs - pointMs > POINT_MS) {
      const epoch = startEpoch + done / batches.length;
      training.push(curve.next(epoch, await step.epochMeans(), step.isLast));
      if (step.isLast) await validate(epoch);
      pointMs = performance.now();
    }
    if (nowMs - reportedMs > REPORT_MS) await tell();
    isWhole = await control.goesOn();
    if (!isWhole) break;
    sinceMs = performance.now();
  }
  await tell();
  return { isWhole, test: isWhole ? await test(run, loss) : null };
}

/** Means over the rows to test with, part by part, so that the worker can answer in between. */
async function test(
  { task, model, backend }: Run,
  loss: SoftmaxCrossEntropy,
): Promise<Means | null> {
  if (task.test.length === 0) return null;
  let sum = { loss: 0, accuracy: 0, rows: 0 };
  for (const batches of task.test) {
    const { loss: mean, accuracy, rows } = await evaluate({ model, loss, backend, batches });
    sum = {
      loss: sum.loss + mean * rows,
      accuracy: sum.accuracy + accuracy! * rows,
      rows: sum.rows + rows,
    };
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  return { loss: sum.loss / sum.rows, accuracy: sum.accuracy / sum.rows, rows: sum.rows };
}
