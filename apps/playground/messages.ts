/**
 * What the page and its worker say to each other.
 *
 * @module
 */

import type { LayerPlan } from "./network_plan.ts";
import type { Settings } from "./settings.ts";

/** What the page asks of the worker. */
export type Request =
  | { readonly type: "read"; readonly files: readonly File[] }
  | { readonly type: "describe"; readonly settings: Settings }
  | { readonly type: "start"; readonly settings: Settings; readonly isAfresh: boolean }
  | { readonly type: "pause" | "resume" | "stop" }
  | { readonly type: "rate"; readonly learningRate: number }
  | { readonly type: "predict"; readonly about: Subject; readonly inputs: Float32Array }
  | { readonly type: "save" }
  | { readonly type: "load"; readonly file: File; readonly settings: Settings };

/** What the worker tells the page. */
export type Report =
  | { readonly type: "files"; readonly files: FilesFacts }
  | { readonly type: "network"; readonly network: NetworkFacts }
  | { readonly type: "backend"; readonly backend: BackendFacts }
  | { readonly type: "task"; readonly task: TaskFacts }
  | { readonly type: "state"; readonly state: TrainingState; readonly text: string }
  | { readonly type: "progress"; readonly progress: Progress }
  | {
    readonly type: "answers";
    readonly about: Subject;
    readonly probabilities: Float32Array | null;
  }
  | { readonly type: "weights"; readonly bytes: Uint8Array<ArrayBuffer>; readonly name: string }
  | { readonly type: "error"; readonly message: string };

/** What the model is asked about: what the visitor drew or set, the map of flowers, the rows to show. */
export type Subject = "input" | "map" | "samples";

/** `empty` is before there is a model; `ready` is with one that is not being trained. */
export type TrainingState = "empty" | "preparing" | "running" | "paused" | "ready";

/** What files were read. */
export interface FilesFacts {
  readonly title: string;
  /** Images to learn from and to validate by, together. */
  readonly rows: number;
  /** How many of them are kept to validate by. */
  readonly validationRows: number;
  /** Images to test with; 0 where there is no file of them. */
  readonly testRows: number;
  readonly inputShape: readonly number[];
  readonly classes: readonly string[];
}

/** The layers of a network with what they come to. */
export interface NetworkFacts {
  readonly inputShape: readonly number[];
  readonly layers: readonly {
    readonly plan: LayerPlan;
    readonly outputShape: readonly number[];
    readonly parameters: number;
  }[];
}

/** What computes, and why. */
export interface BackendFacts {
  readonly name: "webgpu" | "wasm";
  /** Such as `WebAssembly, 2 threads`. */
  readonly title: string;
  /** A sentence. */
  readonly reason: string;
}

/** What is learnt from. */
export interface TaskFacts {
  readonly title: string;
  /** Shape of an input: `[4]`, or `[height, width, channels]`. */
  readonly inputShape: readonly number[];
  readonly classes: readonly string[];
  readonly rows: { readonly training: number; readonly validation: number; readonly test: number };
  /** Rows that training does not see, to be shown with what the model says of them. */
  readonly samples: {
    /** One input after another: centimetres, or shares of full light from 0 to 1. */
    readonly inputs: Float32Array;
    readonly labels: Int32Array;
  };
}

/** A point of both curves. */
export interface CurvePoint {
  /** Epochs done, with a fraction within one. */
  readonly epoch: number;
  readonly loss: number;
  /** In [0, 1]. */
  readonly accuracy: number;
}

/** How far training is. */
export interface Progress {
  /** Epochs done, with a fraction within one. */
  readonly epoch: number;
  /** The epoch to stop at. */
  readonly epochs: number;
  /** Training rows a second since the last report. */
  readonly rowsPerSecond: number;
  /** Points since the last report. */
  readonly training: readonly CurvePoint[];
  readonly validation: readonly CurvePoint[];
}
