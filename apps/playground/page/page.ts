/**
 * The page: it hands the settings to the worker, and shows what the worker tells.
 *
 * @module
 */

import type {
  FilesFacts,
  Progress,
  Report,
  Request,
  TaskFacts,
  TrainingState,
} from "../messages.ts";
import type { Settings } from "../settings.ts";
import { AnswerList } from "./answer_list.ts";
import { Charts } from "./charts.ts";
import { DrawingPad } from "./drawing_pad.ts";
import { find } from "./find.ts";
import { FlowerForm } from "./flower_form.ts";
import { formatCount, formatShare } from "./format.ts";
import { showLayers } from "./layers_table.ts";
import type { ImageShape } from "./pixels.ts";
import { programText } from "./program.ts";
import { SampleList } from "./sample_list.ts";
import { SettingsForm } from "./settings_form.ts";

const worker = new Worker("worker.js", { type: "module" });
const ask = (request: Request) => worker.postMessage(request);
worker.addEventListener("message", ({ data }: MessageEvent<Report>) => hear(data));
worker.addEventListener("error", () => showError("Cannot start the worker, which trains"));

let state: TrainingState = "empty";
let files: FilesFacts | null = null;
/** Whether an answer is on its way, and whether what it is about has changed since. */
let [isAsked, isChanged] = [false, false];

const charts = new Charts();
const answers = new AnswerList();
const samples = new SampleList();
const flower = new FlowerForm(predict);
const pad = new DrawingPad(predict);
const form = new SettingsForm((settings) => {
  showSettings(settings);
  ask({ type: "rate", learningRate: settings.learningRate });
});
const button = (id: string) => find(id, HTMLButtonElement);
const text = (id: string) => find(id, HTMLElement);

button("start").addEventListener("click", () => start(true));
button("train-on").addEventListener("click", () => start(false));
whenEnabled("pause", () => ask({ type: state === "paused" ? "resume" : "pause" }));
whenEnabled("stop", () => ask({ type: "stop" }));
whenEnabled("save", () => ask({ type: "save" }));
button("load").addEventListener("click", () => find("weights", HTMLInputElement).click());
button("copy").addEventListener("click", () => copyProgram());
for (const id of ["take-flower", "take-image"]) button(id).addEventListener("click", takeSample);
takeFiles();
takeWeights();
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
      const { title, reason } = report.backend;
      text("backend-text").textContent = `Runs on ${title}. ${reason}`;
      return;
    }
    case "task":
      return showTask(report.task);
    case "state":
      return showState(report.state, report.text);
    case "progress":
      return showProgress(report.progress);
    case "samples":
      samples.show(report.samples);
      return predict();
    case "prediction":
      isAsked = false;
      if (report.answers !== null) answers.show(report.answers.probabilities);
      if (isChanged) predict();
      return;
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
  text("program").textContent = programText(settings, files);
}

function showTask({ inputShape, classes, ...task }: TaskFacts): void {
  samples.setTask({ inputShape, classes, ...task });
  answers.setClasses(classes);
  const isImage = inputShape.length === 3;
  text("drawing-panel").hidden = !isImage;
  text("flower-panel").hidden = isImage;
  if (isImage) pad.resize(inputShape as unknown as ImageShape);
}

function showState(next: TrainingState, words: string): void {
  state = next;
  text("status").textContent = words;
  const isTraining = state === "running" || state === "paused";
  enable("pause", isTraining);
  enable("stop", isTraining);
  enable("save", state !== "empty" && state !== "preparing");
  button("pause").textContent = state === "paused" ? "Resume" : "Pause";
  button("start").textContent = state === "empty" || state === "preparing"
    ? "Start"
    : "Start afresh";
  button("train-on").hidden = state !== "ready";
  if (state !== "ready") return;
  predict();
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

/** Asks for what the model says of the drawing or the flower, once the last answer is there. */
function predict(): void {
  isChanged = isAsked;
  if (isAsked || state === "empty") return;
  isAsked = true;
  const input = text("drawing-panel").hidden ? flower.read() : pad.read();
  ask({ type: "predict", input });
}

function takeSample(): void {
  const input = samples.take();
  if (input === null) return;
  if (text("drawing-panel").hidden) {
    flower.show(input);
    predict();
  } else {
    pad.show(input);
  }
}

/** Takes files that are dropped anywhere on the page, or chosen. */
function takeFiles(): void {
  const input = find("files", HTMLInputElement);
  const take = (list: FileList | null | undefined) => {
    if (list === null || list === undefined || list.length === 0) return;
    showError(null);
    form.chooseData("files");
    ask({ type: "read", files: [...list] });
  };
  input.addEventListener("change", () => take(input.files));
  const { body } = document;
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    body.classList.add("is-dropping");
  });
  document.addEventListener("dragleave", ({ relatedTarget }) => {
    if (relatedTarget === null) body.classList.remove("is-dropping");
  });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    body.classList.remove("is-dropping");
    const list = event.dataTransfer?.files;
    if (list?.length === 1 && list[0]!.name.endsWith(".safetensors")) loadWeights(list[0]!);
    else take(list);
  });
}

function takeWeights(): void {
  const input = find("weights", HTMLInputElement);
  input.addEventListener("change", () => {
    if (input.files?.length === 1) loadWeights(input.files[0]!);
    // The same file may be chosen again.
    input.value = "";
  });
}

function loadWeights(file: File): void {
  if (!form.isValid) return;
  showError(null);
  ask({ type: "load", file, settings: form.read() });
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
