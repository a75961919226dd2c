/**
 * Bytes to typed arrays: readers, splits, standardizing and batches; it knows no tensors.
 *
 * An {@linkcode NdArray} is a typed array with a shape, a {@linkcode Dataset} is a pair of these,
 * `x` and `y`. Readers take text or bytes and give such arrays; whatever they cannot read is an
 * error that names the file and the line or byte.
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
 * @module
 */
export { type Batch, Batches, type BatchesOptions } from "./batches.ts";
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
export {
  decodeFashionMnist,
  type DecodeFashionMnistOptions,
  type FashionMnist,
} from "./fashion_mnist.ts";
export { decodeIdx, type DecodeIdxOptions } from "./idx.ts";
export { type Iris, iris } from "./iris.ts";
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
