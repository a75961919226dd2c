import { Batches } from "@gradus/data/batches";
import { channelStatistics } from "@gradus/data/channel-statistics";
import { drawnShapes } from "@gradus/data/drawn-shapes";
import { ImageBatches } from "@gradus/data/image-batches";
import { iris } from "@gradus/data/iris";
import { stratifiedSplit } from "@gradus/data/split";
import { fitStandardizer, Standardizer } from "@gradus/data/standardize";
import { takeRows } from "@gradus/data/take-rows";
import { random } from "@gradus/random";
import type { BatchSource } from "@gradus/train";
import type { TaskFacts } from "../messages.ts";
import { DRAWN_VALIDATION_ROWS, type Settings } from "../settings.ts";
import type { ImageFiles, LabelledImages } from "./read_files.ts";

/** What is learnt from, cut into batches. */
export interface Task {
  readonly facts: TaskFacts;
  /** What inputs go through before they meet the model. */
  readonly standardizer: Standardizer;
  readonly training: BatchSource;
  readonly validation: BatchSource;
  /** Rows to test with, in parts that are short enough to wait for. */
  readonly test: readonly BatchSource[];
}

/** Rows that are shown with what the model says of them. */
const SAMPLES = 24;
/** The most images of files to validate by. */
const MOST_VALIDATION_ROWS = 1000;
const TEST_PART_ROWS = 1000;

/**
 * Prepares the rows that the settings ask for.
 *
 * @param settings Which data, how many rows, batch size and seed.
 * @param files What was dropped.
 * @param known What inputs shall go through; null to fit it on the training rows.
 * @throws {Error} If files are asked for and none were dropped.
 * @throws {RangeError} If they have too few images to split.
 */
export function openTask(
  settings: Settings,
  files: ImageFiles | null,
  known: Standardizer | null = null,
): Task {
  switch (settings.data) {
    case "iris":
      return flowersTask(settings, known);
    case "shapes":
      return imagesTask(settings, takeShapes(settings), known);
    case "files":
      if (files === null) {
        throw new Error(
          "Cannot train on files as there must be some: drop those of Fashion-MNIST or CIFAR-10",
        );
      }
      return imagesTask(settings, splitFiles(settings, files), known);
  }
}

function flowersTask({ batch: size, seed }: Settings, known: Standardizer | null): Task {
  const flowers = iris();
  const counts = { training: 120, validation: 30 };
  const rows = stratifiedSplit(flowers.y, { counts, random: random(seed) });
  const [training, validation] = [rows.training, rows.validation].map((part) =>
    takeRows(flowers, part)
  ) as [typeof flowers, typeof flowers];
  const standardizer = known ?? fitStandardizer(training.x);
  const standardized = ({ x, y }: typeof flowers) => ({ x: standardizer.transform(x), y });
  return {
    facts: {
      title: "Iris",
      inputShape: [4],
      classes: flowers.classes,
      rows: { ...counts, test: 0 },
      samples: { inputs: validation.x.data, labels: validation.y.data },
    },
    standardizer,
    training: new Batches(standardized(training), { size, seed }),
    validation: new Batches(standardized(validation), { size }),
    test: [],
  };
}

/** How many of a file's images are kept to validate by. */
export function countValidationRows(rows: number): number {
  return Math.min(MOST_VALIDATION_ROWS, Math.ceil(rows / 10));
}

/** Images in the parts that they are used for. */
interface ImageParts {
  readonly title: string;
  readonly training: LabelledImages;
  readonly validation: LabelledImages;
  readonly test: LabelledImages | null;
}

/** The same images for all seeds. Each ten rows have all ten shapes, so both parts have them too. */
function takeShapes({ rows }: Settings): ImageParts {
  const images = drawnShapes({ rows: rows + DRAWN_VALIDATION_ROWS, seed: 0 });
  return {
    title: "Drawn shapes",
    training: takeSpan(images, 0, rows),
    validation: takeSpan(images, rows, rows + DRAWN_VALIDATION_ROWS),
    test: null,
  };
}

/** The same rows for all seeds, so that seeds differ in the training alone. */
function splitFiles({ rows }: Settings, { title, training: images, test }: ImageFiles): ImageParts {
  const found = images.y.data.length;
  const validation = countValidationRows(found);
  const counts = { training: Math.min(rows, found - validation), validation };
  const split = stratifiedSplit(images.y, { counts, random: random(0) });
  return {
    title,
    training: takeLabelled(images, split.training),
    validation: takeLabelled(images, split.validation),
    test,
  };
}

function imagesTask(
  { batch: size, seed }: Settings,
  { title, training, validation, test }: ImageParts,
  known: Standardizer | null,
): Task {
  const statistics = known ?? channelStatistics(training.x);
  const [rows, validationRows, testRows] = [training, validation, test].map((part) =>
    part?.y.data.length ?? 0
  ) as [number, number, number];
  const shown = takeSpan(validation, 0, Math.min(SAMPLES, validationRows));
  return {
    facts: {
      title,
      inputShape: training.x.shape.slice(1),
      classes: training.classes,
      rows: { training: rows, validation: validationRows, test: testRows },
      samples: {
        inputs: Float32Array.from(shown.x.data, (byte) => byte / 255),
        labels: shown.y.data,
      },
    },
    standardizer: new Standardizer(statistics),
    training: new ImageBatches(training, { size, seed, statistics }),
    validation: new ImageBatches(validation, { size, statistics }),
    test: Array.from({ length: Math.ceil(testRows / TEST_PART_ROWS) }, (_, part) => {
      const end = Math.min((part + 1) * TEST_PART_ROWS, testRows);
      return new ImageBatches(takeSpan(test!, part * TEST_PART_ROWS, end), { size, statistics });
    }),
  };
}

function takeLabelled(images: LabelledImages, rows: Int32Array): LabelledImages {
  return { ...takeRows(images, rows), classes: images.classes };
}

/** Rows from `begin` to before `end`, without a copy of their pixels. */
function takeSpan({ x, y, classes }: LabelledImages, begin: number, end: number): LabelledImages {
  const length = x.data.length / x.shape[0]!;
  return {
    x: {
      data: x.data.subarray(begin * length, end * length),
      shape: [end - begin, ...x.shape.slice(1)],
    },
    y: { data: y.data.subarray(begin, end), shape: [end - begin] },
    classes,
  };
}
