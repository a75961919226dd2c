import type { Loss } from "@gradus/losses";
import { evaluate, type Step } from "@gradus/train";
import type { CurvePoint, Report } from "../messages.ts";
import { curvePoint, TrainingCurve } from "./curve.ts";
import { reportSamples, type Run } from "./run.ts";

/** How often the page hears how far training is. */
const REPORT_MS = 150;
/** How long a point of the training curve takes within an epoch, at least. */
const POINT_MS = 500;
/** The most points of an epoch: each is a mean over enough rows to tell something. */
const POINTS = 10;

/** What the page hears of a training: points of the curves, its speed, and what is said of the samples. */
export class TrainingLog {
  readonly #run: Run;
  readonly #loss: Loss;
  readonly #report: (report: Report) => void;
  readonly #epochs: number;
  readonly #curve = new TrainingCurve();
  #epoch: number;
  /** Since the last report. */
  #training: CurvePoint[] = [];
  #validation: CurvePoint[] = [];
  #rows = 0;
  #busyMs = 0;
  #reportedMs = 0;
  /** When the last point was made, and when the present step began. */
  #pointMs = 0;
  #stepMs = 0;

  /** The log of a run that goes on to a number of epochs. */
  constructor(
    run: Run,
    options: {
      readonly epochs: number;
      readonly loss: Loss;
      readonly report: (report: Report) => void;
    },
  ) {
    this.#run = run;
    this.#epoch = run.epochs;
    this.#epochs = options.epochs;
    this.#loss = options.loss;
    this.#report = options.report;
  }

  /** Takes the model as it is before the first step. */
  async begin(): Promise<void> {
    await this.#validate();
    await this.tell();
    this.#pointMs = performance.now();
    this.stepBegins();
  }

  /** Starts the clock of a step, which did not run while training was paused. */
  stepBegins(): void {
    this.#stepMs = performance.now();
  }

  /** Takes a step that was done, and tells of it when it is time. */
  async take(step: Step, place: number): Promise<void> {
    const nowMs = performance.now();
    this.#busyMs += nowMs - this.#stepMs;
    this.#rows += step.rows;
    const { length } = this.#run.task.training;
    this.#epoch = step.epoch + (place + 1) / length;
    const isPoint = (place + 1) % Math.ceil(length / POINTS) === 0;
    if (step.isLast || isPoint && nowMs - this.#pointMs > POINT_MS) {
      const means = await step.epochMeans();
      this.#training.push(this.#curve.next(this.#epoch, means, step.isLast));
      if (step.isLast) await this.#validate();
      this.#pointMs = performance.now();
    }
    if (nowMs - this.#reportedMs > REPORT_MS) await this.tell();
  }

  /** Tells all that was not told yet. */
  async tell(): Promise<void> {
    const progress = {
      epoch: this.#epoch,
      epochs: this.#epochs,
      rowsPerSecond: this.#busyMs === 0 ? 0 : 1000 * this.#rows / this.#busyMs,
      training: this.#training,
      validation: this.#validation,
    };
    [this.#training, this.#validation, this.#rows, this.#busyMs] = [[], [], 0, 0];
    this.#report({ type: "progress", progress });
    await reportSamples(this.#run, this.#report);
    this.#reportedMs = performance.now();
  }

  async #validate(): Promise<void> {
    const { model, task: { validation: batches }, backend } = this.#run;
    const means = await evaluate({ model, loss: this.#loss, batches, backend });
    this.#validation.push(curvePoint(this.#epoch, means));
  }
}
