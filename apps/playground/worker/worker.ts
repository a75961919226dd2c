/**
 * What runs in the page's worker: takes requests, and hands them to a trainer.
 *
 * @module
 */

import type { Report, Request } from "../messages.ts";
import type { DroppedFile } from "./read_files.ts";
import { messageOf, Trainer } from "./trainer.ts";

/** What of a worker's scope is used here; the library of types for workers contradicts that of pages. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<Request>) => void) | null;
  postMessage(report: Report): void;
}

const scope = globalThis as unknown as WorkerScope;
const trainer = new Trainer((report) => scope.postMessage(report));
/** Settled when what must come one after another has come so far. */
let turn: Promise<void> = Promise.resolve();

scope.onmessage = ({ data: request }) => {
  const inTurn = (run: () => Promise<void> | void) => {
    turn = turn.then(run).catch(tell);
  };
  switch (request.type) {
    case "read":
      return inTurn(async () => trainer.read(await Promise.all(request.files.map(readFile))));
    case "describe":
      // Not in turn, as it may wait for a GPU.
      return void trainer.describe(request.settings).catch(tell);
    case "start":
      return inTurn(() => trainer.start(request.settings, request.isAfresh));
    case "load":
      return inTurn(async () => trainer.load(await readFile(request.file), request.settings));
    case "save":
      return inTurn(() => trainer.save());
    case "pause":
      return trainer.pause();
    case "resume":
      return trainer.resume();
    case "stop":
      return void trainer.stop();
    case "rate":
      return trainer.setLearningRate(request.learningRate);
    case "predict":
      return void trainer.predict(request.about, request.inputs).catch(tell);
  }
};

function tell(error: unknown): void {
  scope.postMessage({ type: "error", message: messageOf(error) });
}

async function readFile(file: File): Promise<DroppedFile> {
  return { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) };
}
