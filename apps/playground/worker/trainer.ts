import { SoftmaxCrossEntropy } from "@gradus/losses";
import { cpu } from "@gradus/tensor/cpu";
import { evaluate } from "@gradus/train";
import type { Report, Subject, TrainingState } from "../messages.ts";
import type { Settings } from "../settings.ts";
import { chooseBackend, openBackend } from "./open_backend.ts";
import { type DroppedFile, type ImageFiles, readFiles } from "./read_files.ts";
import {
  answer,
  continueRun,
  describeNetwork,
  prepareRun,
  reportSamples,
  restandardize,
  type Run,
} from "./run.ts";
import { countValidationRows } from "./task.ts";
import { train } from "./train.ts";
import { TrainingControl } from "./training_control.ts";
import { decodeWeights, encodeWeights } from "./weights_file.ts";

/**
 * Has one model at a time: trains it, answers for it, saves and loads its weights.
 *
 * `read`, `start`, `load` and `save` are called one after another; the rest at any time, as requests come in
 * between two steps of training.
 */
export class Trainer {
  readonly #report: (report: Report) => void;
  #files: ImageFiles | null = null;
  #run: Run | null = null;
  #control: TrainingControl | null = null;
  #training: Promise<void> = Promise.resolve();
  #descriptions = 0;

  /** Tells all that happens to `report`. */
  constructor(report: (report: Report) => void) {
    this.#report = report;
  }

  /** Reads what was dropped, for the next start. */
  async read(files: readonly DroppedFile[]): Promise<void> {
    this.#files = await readFiles(files);
    const { title, training, test } = this.#files;
    this.#report({
      type: "files",
      files: {
        title,
        rows: training.y.data.length,
        validationRows: countValidationRows(training.y.data.length),
        testRows: test?.y.data.length ?? 0,
        inputShape: training.x.shape.slice(1),
        classes: training.classes,
      },
    });
  }

  /** Tells what the settings come to: layers, and what will compute. */
  async describe(settings: Settings): Promise<void> {
    const description = ++this.#descriptions;
    const images = settings.data === "files" ? this.#files?.training : undefined;
    const input = settings.data === "iris"
      ? { inputShape: [4], classes: 3 }
      : { inputShape: images?.x.shape.slice(1) ?? [32, 32, 3], classes: 10 };
    const backend = await cpu({ threads: 1 });
    const network = describeNetwork(settings, { backend, ...input });
    await backend.close();
    const facts = await chooseBackend(settings);
    // Other settings may have been described while a GPU was asked.
    if (description !== this.#descriptions) return;
    this.#report({ type: "network", network });
    this.#report({ type: "backend", backend: facts });
  }

  /** Begins to train: a new model, or on with the one there is. */
  async start(settings: Settings, isAfresh: boolean): Promise<void> {
    await this.stop();
    await this.#preparing("Preparing the data.", async () => {
      const run = isAfresh || this.#run === null
        ? await this.#prepare(settings)
        : continueRun(this.#run, settings);
      this.#run = run;
      this.#report({ type: "task", task: run.task.facts });
      this.#training = this.#train(run);
    });
  }

  /** Makes training wait. */
  pause(): void {
    if (this.#control === null) return;
    this.#control.pause();
    this.#state("paused", "Paused.");
  }

  /** Lets training go on. */
  resume(): void {
    if (this.#control === null) return;
    this.#control.resume();
    this.#state("running", "Training goes on.");
  }

  /** Ends training after the present step; the model stays. */
  async stop(): Promise<void> {
    this.#control?.stop();
    await this.#training;
  }

  /** Changes the rate from the next step on. */
  setLearningRate(learningRate: number): void {
    if (this.#control !== null) this.#control.learningRate = learningRate;
  }

  /** Tells what the model says of inputs; nothing, where there is no model for such. */
  async predict(about: Subject, inputs: Float32Array): Promise<void> {
    const run = this.#run;
    const size = run?.task.facts.inputShape.reduce((product, length) => product * length, 1) ?? 0;
    const isFit = run !== null && inputs.length % size === 0;
    const probabilities = isFit ? await answer(run, inputs) : null;
    this.#report({ type: "answers", about, probabilities });
  }

  /** Hands out the model's weights as a file. */
  async save(): Promise<void> {
    const run = this.#run;
    if (run === null) throw new Error("Cannot save weights as there must be a model: found none");
    const bytes = await encodeWeights(run.model, run.task.standardizer);
    this.#report({ type: "weights", bytes, name: `${run.settings.data}.safetensors` });
  }

  /** Takes weights from a file, for a model of the settings; if they do not fit, the present one stays. */
  async load({ name, bytes }: DroppedFile, settings: Settings): Promise<void> {
    await this.stop();
    await this.#preparing(`Reading ${name}.`, async () => {
      // On a backend of its own, beside the present model's.
      const { backend, facts } = await openBackend(settings);
      let run: Run;
      try {
        const prepared = prepareRun(settings, { backend, files: this.#files });
        const standardizer = decodeWeights(bytes, prepared.model, { name });
        run = standardizer === null ? prepared : restandardize(prepared, standardizer);
      } catch (error) {
        await backend.close();
        throw error;
      }
      await this.#run?.backend.close();
      this.#run = run;
      this.#report({ type: "backend", backend: facts });
      await this.#present(run, name);
    });
  }

  async #present(run: Run, name: string): Promise<void> {
    const { task, model, backend } = run;
    this.#report({ type: "task", task: task.facts });
    await reportSamples(run, this.#report);
    const loss = new SoftmaxCrossEntropy();
    const { accuracy } = await evaluate({ model, loss, backend, batches: task.validation });
    this.#state("ready", `Loaded ${name}. Validation accuracy: ${percent(accuracy!)}.`);
  }

  async #prepare(settings: Settings): Promise<Run> {
    await this.#run?.backend.close();
    this.#run = null;
    const { backend, facts } = await openBackend(settings);
    this.#report({ type: "backend", backend: facts });
    try {
      return prepareRun(settings, { backend, files: this.#files });
    } catch (error) {
      await backend.close();
      throw error;
    }
  }

  async #train(run: Run): Promise<void> {
    const control = this.#control = new TrainingControl(run.settings.learningRate);
    this.#state("running", `Training on ${run.task.facts.title}.`);
    try {
      const { isWhole, test } = await train(run, control, this.#report);
      const tested = test === null ? "" : ` Test accuracy: ${percent(test.accuracy!)}.`;
      this.#state("ready", isWhole ? `Done.${tested}` : "Stopped.");
    } catch (error) {
      this.#report({ type: "error", message: messageOf(error) });
      // A device that has failed gives no numbers out any more.
      const isGone = error instanceof Error && error.name === "WebGpuError";
      if (isGone) this.#run = null;
      this.#state(isGone ? "empty" : "ready", `Training broke off.${adviceFor(error)}`);
    } finally {
      this.#control = null;
    }
  }

  /** Ends training and gives all memory back. */
  async close(): Promise<void> {
    await this.stop();
    await this.#run?.backend.close();
    this.#run = null;
  }

  /** Does what takes a moment; if it fails, what was there before is there still. */
  async #preparing(text: string, work: () => Promise<void>): Promise<void> {
    this.#state("preparing", text);
    try {
      await work();
    } catch (error) {
      this.#state(this.#run === null ? "empty" : "ready", "");
      throw error;
    }
  }

  #state(state: TrainingState, text: string): void {
    this.#report({ type: "state", state, text });
  }
}

function adviceFor(error: unknown): string {
  if (!(error instanceof Error)) return "";
  if (error.name === "WebGpuError") return " The model was lost with its device.";
  // Numbers that are not finite.
  return error instanceof RangeError ? " A lower learning rate may help." : "";
}

/** What an error says, in one line. */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/\p{Cc}+/gu, " ").slice(0, 400);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
