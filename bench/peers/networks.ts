/** A layer with weights, or a function without. */
export type NetworkLayer =
  | { readonly type: "conv"; readonly channels: number; readonly filters: number }
  | { readonly type: "dense"; readonly inputs: number; readonly units: number }
  | { readonly type: "relu" | "pool" | "flatten" };

/** A training, for peers to build in their own terms. Weights come from `filled` as in `prepareTraining`. */
export interface Network {
  readonly inputShape: readonly number[];
  readonly classes: number;
  readonly layers: readonly NetworkLayer[];
  /** Rows of each step of an epoch. */
  batchSizes(amount: number): readonly number[];
  epochs(amount: number): number;
}

const relu = { type: "relu" } as const;
const irisLayers: readonly NetworkLayer[] = [
  { type: "dense", inputs: 4, units: 16 },
  relu,
  { type: "dense", inputs: 16, units: 3 },
];

/** The trainings of the workloads, by name. */
export const networks: Readonly<Record<"W3" | "W4" | "W5" | "W6", Network>> = {
  W3: {
    inputShape: [784],
    classes: 10,
    layers: [
      { type: "dense", inputs: 784, units: 256 },
      relu,
      { type: "dense", inputs: 256, units: 10 },
    ],
    batchSizes: (images) => [images],
    epochs: () => 1,
  },
  W4: {
    inputShape: [32, 32, 3],
    classes: 10,
    layers: [
      { type: "conv", channels: 3, filters: 32 },
      relu,
      { type: "conv", channels: 32, filters: 32 },
      relu,
      { type: "pool" },
      { type: "conv", channels: 32, filters: 64 },
      relu,
      { type: "conv", channels: 64, filters: 64 },
      relu,
      { type: "pool" },
      { type: "flatten" },
      { type: "dense", inputs: 4096, units: 128 },
      relu,
      { type: "dense", inputs: 128, units: 10 },
    ],
    batchSizes: (images) => [images],
    epochs: () => 1,
  },
  W5: {
    inputShape: [4],
    classes: 3,
    layers: irisLayers,
    batchSizes: () => [16, 16, 16, 16, 16, 16, 9],
    epochs: (epochs) => epochs,
  },
  W6: {
    inputShape: [4],
    classes: 3,
    layers: irisLayers,
    batchSizes: () => [16],
    epochs: () => 1,
  },
};
