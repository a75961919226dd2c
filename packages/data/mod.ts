/**
 * Bytes to typed arrays: readers, splits, standardizing, augmentation and batches; it knows no tensors.
 *
 * An {@linkcode NdArray} is a typed array with a shape, a {@linkcode Dataset} is a pair of these,
 * `x` and `y`. Readers take text or bytes and give such arrays; whatever they cannot read is an
 * error that names the file and the line or byte. Images stay bytes: {@linkcode ImageBatches}
 * standardizes and augments them batch by batch.
 *
 * @example Flowers, split, standardized and cut into batches
 * ```ts
 * import { Batches, fitStandardizer, iris, stratifiedSplit, takeRows } from "@gradus/data";
 * import { random } from "@gradus/random";
 * import { assertEquals } from "@std/assert";
 *
 * const flowers = iris();
 * const counts = { training: 105, validation: 15, test: 30 };
 * const parts = stratifiedSplit(flowers.y, { counts, random: random(0) });
 * const { x, y } = takeRows(flowers, parts.training);
 * const standardizer = fitStandardizer(x); // of the training rows alone
 *
 * const batches = new Batches({ x: standardizer.transform(x), y }, { size: 16, seed: 0 });
 * let rows = 0;
 * for (const batch of batches.epoch(0)) rows += batch.rows;
 * assertEquals(rows, 105);
 * ```
 *
 * @example Images, changed at random, standardized by the training rows and cut into batches
 * ```ts
 * import { alternatingFlip, channelStatistics, ImageBatches, translate } from "@gradus/data";
 * import { drawnShapes, loadCifar10, MissingFilesError } from "@gradus/data";
 * import { assertEquals } from "@std/assert";
 *
 * const { training } = await loadCifar10("data/cifar-10").catch((error) => {
 *   if (!(error instanceof MissingFilesError)) throw error;
 *   return { training: drawnShapes({ rows: 500, seed: 0 }) }; // in place of the photographs
 * });
 * const batches = new ImageBatches(training, {
 *   size: 128,
 *   seed: 0,
 *   statistics: channelStatistics(training.x),
 *   augment: [alternatingFlip(), translate({ pixels: 2 })],
 * });
 * const [{ x }] = batches.epoch(0);
 * assertEquals(x.shape, [128, 32, 32, 3]);
 * ```
 *
 * @module
 */
export { alternatingFlip } from "./augmentations/alternating_flip.ts";
export type { Augmentation, AugmentedImage } from "./augmentations/augmentation.ts";
export { augmentationFromJson } from "./augmentations/augmentation_from_json.ts";
export type {
  AugmentationRecord,
  CutoutRecord,
  FlipRecord,
  TranslateRecord,
} from "./augmentations/augmentation_record.ts";
export { cutmix, type CutmixOptions } from "./augmentations/cutmix.ts";
export { cutout, type CutoutOptions } from "./augmentations/cutout.ts";
export { flip } from "./augmentations/flip.ts";
export type { Mixing } from "./augmentations/mixing.ts";
export { mixup, type MixupOptions } from "./augmentations/mixup.ts";
export { translate, type TranslateOptions } from "./augmentations/translate.ts";
export { type Batch, Batches, type BatchesOptions } from "./batches.ts";
export { type ChannelStatistics, channelStatistics } from "./channel_statistics.ts";
export {
  type Cifar10,
  type Cifar100,
  decodeCifar10,
  decodeCifar100,
  type DecodeCifarOptions,
} from "./cifar.ts";
export {
  type CsvColumn,
  type CsvKind,
  type CsvTable,
  type LabelClasses,
  type LabelColumn,
  readCsv,
  type ReadCsvOptions,
} from "./csv.ts";
export type { Dataset } from "./dataset.ts";
export { type DrawnShapes, drawnShapes, type DrawnShapesOptions } from "./drawn_shapes.ts";
export {
  decodeFashionMnist,
  type DecodeFashionMnistOptions,
  type FashionMnist,
} from "./fashion_mnist.ts";
export { findFashionMnist } from "./find_fashion_mnist.ts";
export { decodeIdx, type DecodeIdxOptions } from "./idx.ts";
export { type ImageBatch, ImageBatches, type ImageBatchesOptions } from "./image_batches.ts";
export { decodeImagesNpy, type DecodeImagesNpyOptions, type ImagesLayout } from "./images_npy.ts";
export { type Iris, iris } from "./iris.ts";
export { type Cifar10Parts, loadCifar10 } from "./load_cifar10.ts";
export { type Cifar100Parts, loadCifar100 } from "./load_cifar100.ts";
export { type FashionMnistParts, loadFashionMnist } from "./load_fashion_mnist.ts";
export { loadImagesNpy, type LoadImagesNpyOptions } from "./load_images_npy.ts";
export { MissingFilesError } from "./missing_files_error.ts";
export type { NdArray, NumericArray } from "./nd_array.ts";
export { fitNormalizer, Normalizer, normalizerFromJson, type NormalizerJson } from "./normalize.ts";
export { decodeNpy, type DecodeNpyOptions, encodeNpy } from "./npy.ts";
export { oneHot } from "./one_hot.ts";
export { parseIris, type ParseIrisOptions } from "./parse_iris.ts";
export { scaleBytes } from "./scale_bytes.ts";
export { randomSplit, type SplitOptions, stratifiedSplit } from "./split.ts";
export { stackColumns } from "./stack_columns.ts";
export {
  fitStandardizer,
  type FitStandardizerOptions,
  Standardizer,
  standardizerFromJson,
  type StandardizerJson,
} from "./standardize.ts";
export { takeRows } from "./take_rows.ts";
