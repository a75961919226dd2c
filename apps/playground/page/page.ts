/**
 * The page: it hands the settings to the worker, and shows what the worker tells.
 *
 * @module
 */

import type {
  BackendFacts,
  FilesFacts,
  Progress,
  Report,
  Request,
  Subject,
  TaskFacts,
  TrainingState,
} from "../messages.ts";
import type { Settings } from "../settings.ts";
import { AnswerList } from "./answer_list.ts";
import { Charts } from "./charts.ts";
import { DrawingPad } from "./drawing_pad.ts";
import { letFilesIn } from "./file_intake.ts";
import { find } from "./find.ts";
import { FlowerForm } from "./flower_form.ts";
import { FlowerMap } from "./flower_map.ts";
import { formatCount, formatShare } from "./format.ts";
import { showLayers } from "./layers_table.ts";
import { LiveQuestion } from "./live_question.ts";
import type { ImageShape } from "./pixels.ts";
import { programText } from "./program.ts";
import { SampleList } from "./sample_list.ts";
import { SettingsForm } from "./settings_form.ts";

const worker = new Worker("worker.js", { type: "module" });
const ask = (request: Request) => worker.postMessage(request);
worker.addEventListener("message", ({ data }: MessageEvent<Report>) => hear(data));
worker.addEventListener("error", () => showError("Cannot start the worker, which trains"));

const button = (id: string) => find(id, HTMLButtonElement);
const text = (id: string) => find(id, HTMLElement);

let state: TrainingState = "empty";
let files: FilesFacts | null = null;
let backend: BackendFacts["name"] = "wasm";
let task: TaskFacts | null = null;
/** Which of the rows to show was taken to be tried last. */
let taken = -1;

const questions = {
  input: new LiveQuestion(() => {
    const inputs = text("drawing-panel").hidden ? flower.read() : pad.read();
    ask({ type: "predict", about: "input", inputs });
  }),
  map: new LiveQuestion(() => {
    ask({ type: "predict", about: "map", inputs: map.inputs(flower.read()) });
  }),
};
const charts = new Charts();
const answers = new AnswerList();
const samples = new SampleList();
const flower = new FlowerForm(askModel);
const map = new FlowerMap(({ length, width }) => {
  flower.show(Float32Array.of(...flower.read().subarray(0, 2), length, width));
});
const pad = new DrawingPad(askModel);
const form = new SettingsForm({
  onChange: showSettings,
  onRate: (learningRate) => ask({ type: "rate", learningRate }),
});

button("start").addEventListener("click", () => start(true));
button("train-on").addEventListener("click", () => start(false));
whenEnabled("pause", () => ask({ type: state === "paused" ? "resume" : "pause" }));
whenEnabled("stop", () => ask({ type: "stop" }));
whenEnabled("save", () => ask({ type: "save" }));
button("copy").addEventListener("click", copyProgram);
for (const id of ["take-flower", "take-image"]) button(id).addEventListener("click", takeSample);
letFilesIn({
  takeImages: (files) => {
    showError(null);
    form.chooseData("files");
    ask({ type: "read", files });
  },
  takeWeights: (file) => {
    if (!form.isValid) return;
    showError(null);
    ask({ type: "load", file, settings: form.read() });
  },
});
showSettings(form.read());

/** Shows what a report of the worker's tells. */
function hear(report: Report): void {
  switch (report.type) {
    case "files":
      files = report.files;
      showFiles(report.files);
      return showSettings(form.read());
    case "network":
      return showLayers(report.network);
    case "backend": {
      const { name, title, reason } = report.backend;
      text("backend-text").textContent = `Runs on ${title}. ${reason}`;
      backend = name;
      return showProgram();
    }
    case "task":
      return showTask(report.task);
    case "state":
      return showState(report.state, report.text);
    case "progress":
      return showProgress(report.progress);
    case "answers":
      return showAnswers(report.about, report.probabilities);
    case "weights":
      return download(report.bytes, report.name);
    case "error":
      return showError(report.message);
  }
}

function start(isAfresh: boolean): void {
  if (state === "preparing" || !form.isValid) return;
  showError(null);
  if (isAfresh) charts.clear();
  ask({ type: "start", settings: form.read(), isAfresh });
}

function showSettings(settings: Settings): void {
  ask({ type: "describe", settings });
  showProgram();
  // Until there is a model, what can be tried is what will be trained on.
  if (task !== null) return;
  const shape = settings.data === "files" ? files?.inputShape ?? [28, 28, 1] : [32, 32, 3];
  showPanels(settings.data === "iris" ? [4] : shape);
}

function showProgram(): void {
  text("program").textContent = programText(form.read(), { files, backend });
}

function showTask(next: TaskFacts): void {
  task = next;
  taken = -1;
  answers.setClasses(task.classes);
  showPanels(task.inputShape);
  const isImage = task.inputShape.length === 3;
  text("samples").hidden = !isImage;
  text("map-panel").hidden = isImage;
  (isImage ? samples : map).setTask(task);
}

/** Shows what inputs of a shape are tried by: a pad to draw on, or sliders. */
function showPanels(inputShape: readonly number[]): void {
  const isImage = inputShape.length === 3;
  text("drawing-panel").hidden = !isImage;
  text("flower-panel").hidden = isImage;
  if (isImage) pad.resize(inputShape as unknown as ImageShape);
}

function showAnswers(about: Subject, probabilities: Float32Array | null): void {
  if (about !== "samples") questions[about].answered();
  if (task === null || probabilities === null) return;
  if (about === "input") return answers.show(probabilities);
  if (about === "map") return map.showGround(probabilities);
  const { classes, samples: { labels } } = task;
  const said = Array.from(labels, (_, row) => {
    const span = probabilities.subarray(row * classes.length, (row + 1) * classes.length);
    return span.indexOf(Math.max(...span));
  });
  const right = said.filter((label, row) => label === labels[row]).length;
  const isImage = task.inputShape.length === 3;
  text("samples-text").textContent = `Of ${labels.length} ${
    isImage ? "images" : "flowers"
  } that it does not train on, it names ${right} right.`;
  if (isImage) samples.show(said);
  else map.showPoints(said);
  askModel();
}

function showState(next: TrainingState, words: string): void {
  state = next;
  text("status").textContent = words;
  const isTraining = state === "running" || state === "paused";
  enable("pause", isTraining);
  enable("stop", isTraining);
  enable("save", state !== "empty" && state !== "preparing");
  button("pause").textContent = state === "paused" ? "Resume" : "Pause";
  button("start").textContent = state === "empty" || state === "preparing" ? "Start" : "Restart";
  button("train-on").hidden = state !== "ready";
}

function showProgress(progress: Progress): void {
  const { epoch, epochs, rowsPerSecond, training, validation } = progress;
  charts.add(progress);
  const bar = find("progress", HTMLProgressElement);
  [bar.max, bar.value] = [epochs, epoch];
  text("epoch-number").textContent = `${Math.min(Math.ceil(epoch), epochs)} of ${epochs}`;
  const [last, lastValidation] = [training.at(-1), validation.at(-1)];
  if (last !== undefined) text("loss-number").textContent = last.loss.toPrecision(3);
  if (lastValidation !== undefined) {
    text("accuracy-number").textContent = formatShare(lastValidation.accuracy);
  }
  if (rowsPerSecond > 0) text("speed-number").textContent = formatCount(rowsPerSecond);
}

function showFiles({ title, rows, testRows }: FilesFacts): void {
  text("files-text").textContent = `${title}: ${formatCount(rows)} images to learn from, ` +
    `${testRows === 0 ? "none" : formatCount(testRows)} to test with.`;
}

function showError(message: string | null): void {
  text("error").hidden = message === null;
  text("error").textContent = message;
}

/** Asks what the model says of what the visitor drew or set. */
function askModel(): void {
  if (task === null) return;
  questions.input.ask();
  if (task.inputShape.length !== 3) questions.map.ask();
}

/** Takes the next of the rows to show, to be tried. */
function takeSample(): void {
  if (task === null) return;
  const { inputs, labels } = task.samples;
  const size = inputs.length / labels.length;
  taken = (taken + 1) % labels.length;
  const input = inputs.subarray(taken * size, (taken + 1) * size);
  if (text("drawing-panel").hidden) flower.show(input);
  else pad.show(input);
}

function download(bytes: Uint8Array<ArrayBuffer>, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([bytes], { type: "application/octet-stream" }));
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

async function copyProgram(): Promise<void> {
  try {
    await navigator.clipboard.writeText(text("program").textContent!);
    text("copy").textContent = "Copied";
  } catch {
    text("copy").textContent = "Select it, as this page may not copy";
  }
  setTimeout(() => text("copy").textContent = "Copy the program", 2000);
}

/** A button that may not be used keeps its focus, and its place in the order of them. */
function enable(id: string, isEnabled: boolean): void {
  button(id).ariaDisabled = `${!isEnabled}`;
}

function whenEnabled(id: string, act: () => void): void {
  button(id).addEventListener("click", () => {
    if (button(id).ariaDisabled !== "true") act();
  });
}
