/** How large a network, and how long it is trained. */
export interface Recipe {
  /** One sentence for the report. */
  readonly purpose: string;
  /** Channels of the first convolution. */
  readonly filters: number;
  /** Channels of the three blocks. */
  readonly widths: readonly [number, number, number];
  /** Whether the first convolution keeps the image at (almost) full size; else it halves it. */
  readonly isFullSize: boolean;
  /** Whether the first block has a second convolution. */
  readonly isFirstBlockDeep: boolean;
  /** What moves the kernels of convolutions. */
  readonly optimizer: "sgd" | "muon";
  /** Images of a step. */
  readonly batch: number;
  /** Passes over the training images. */
  readonly epochs: number;
}

/** The recipes by the names that `--recipe` takes. */
export const RECIPES = {
  quick: {
    purpose: "the least work that passes 75 %",
    filters: 24,
    widths: [16, 48, 96],
    isFullSize: false,
    isFirstBlockDeep: false,
    optimizer: "sgd",
    batch: 256,
    epochs: 3,
  },
  default: {
    purpose: "eight epochs with their curve",
    filters: 12,
    widths: [16, 52, 104],
    isFullSize: true,
    isFirstBlockDeep: true,
    optimizer: "sgd",
    batch: 256,
    epochs: 8,
  },
  best: {
    purpose: "the highest accuracy that one machine reaches in reasonable time",
    filters: 12,
    widths: [40, 144, 208],
    isFullSize: true,
    isFirstBlockDeep: true,
    optimizer: "muon",
    batch: 512,
    epochs: 9,
  },
  largest: {
    purpose: "the highest accuracy, however long it takes",
    filters: 12,
    widths: [48, 176, 256],
    isFullSize: true,
    isFirstBlockDeep: true,
    optimizer: "muon",
    batch: 512,
    epochs: 10,
  },
} satisfies Record<string, Recipe>;

/** The name of a recipe. */
export type RecipeName = keyof typeof RECIPES;
