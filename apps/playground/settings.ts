/** Where the rows come from: two that the page makes itself, and files that the visitor drops on it. */
export type DataName = "iris" | "shapes" | "files";

/** What stands between the inputs and the classes. */
export type NetworkName = "perceptron" | "convolutions";

/** What moves the weights. */
export type OptimizerName = "sgd" | "adam" | "adamw" | "muon" | "rmsprop";

/** What shall compute; `auto` takes the best there is and says why. */
export type BackendChoice = "auto" | "webgpu" | "wasm";

/** All that the visitor can change. */
export interface Settings {
  readonly data: DataName;
  /** Images to learn from, at most; Iris always has its 120 flowers. */
  readonly rows: number;
  readonly network: NetworkName;
  /** Units of the hidden layer, or channels of the first convolution. */
  readonly width: number;
  readonly optimizer: OptimizerName;
  readonly learningRate: number;
  /** Rows of a step. */
  readonly batch: number;
  readonly epochs: number;
  /** Decides the first weights, the order of the rows, and how Iris is split. */
  readonly seed: number;
  readonly backend: BackendChoice;
  /** Threads of the wasm backend. */
  readonly threads: number;
}

/** What suits some data: where its settings start. */
export type DataSettings = Omit<Settings, "seed" | "backend" | "threads">;

/** Where the settings of each kind of data start. */
export const USUAL_SETTINGS: Readonly<Record<DataName, DataSettings>> = {
  iris: {
    data: "iris",
    rows: 120,
    network: "perceptron",
    width: 16,
    optimizer: "sgd",
    learningRate: 0.02,
    batch: 16,
    epochs: 60,
  },
  shapes: {
    data: "shapes",
    rows: 4000,
    network: "convolutions",
    width: 16,
    optimizer: "adam",
    learningRate: 0.005,
    batch: 32,
    epochs: 6,
  },
  files: {
    data: "files",
    rows: 10_000,
    network: "convolutions",
    width: 16,
    optimizer: "adam",
    learningRate: 0.005,
    batch: 64,
    epochs: 4,
  },
};

/** A rate that an optimizer usually does well with. */
export const USUAL_RATES: Readonly<Record<OptimizerName, number>> = {
  sgd: 0.02,
  adam: 0.005,
  adamw: 0.005,
  muon: 0.02,
  rmsprop: 0.001,
};

/** Drawn images to validate by. */
export const DRAWN_VALIDATION_ROWS = 500;
