import { Batches } from "@gradus/data/batches";
import { type Iris, iris } from "@gradus/data/iris";
import { stratifiedSplit } from "@gradus/data/split";
import { fitStandardizer } from "@gradus/data/standardize";
import { takeRows } from "@gradus/data/take-rows";
import type { Random } from "@gradus/random";

/** The flowers of one seed: split, standardised, in batches. */
export interface Flowers {
  /** 70 % of the rows, shuffled anew each epoch. */
  readonly training: Batches;
  /** 10 %, to choose by. */
  readonly validation: Batches;
  /** 20 %, for one look after choosing. */
  readonly test: Batches;
  /** Classes of the test rows. */
  readonly testLabels: Int32Array;
}

/** The built-in flowers, or those of a CSV file. */
export async function readFlowers(file: string | null): Promise<Iris> {
  if (file === null) return iris();
  const { parseIris } = await import("@gradus/data/parse-iris");
  return parseIris(await Deno.readTextFile(file), { file });
}

/** Splits stratified, 70 / 10 / 20, and standardises with the statistics of the training rows alone. */
export function splitFlowers(
  data: Iris,
  options: { readonly batch: number; readonly random: Random },
): Flowers {
  const { batch, random } = options;
  const rows = data.y.data.length;
  const [training, validation] = [Math.round(0.7 * rows), Math.round(0.1 * rows)];
  const parts = stratifiedSplit(data.y, {
    counts: { training, validation, test: rows - training - validation },
    random,
  });
  const standardizer = fitStandardizer(takeRows(data.x, parts.training));
  const datasetOf = (index: Int32Array) => ({
    x: standardizer.transform(takeRows(data.x, index)),
    y: takeRows(data.y, index),
  });
  const test = datasetOf(parts.test);
  return {
    training: new Batches(datasetOf(parts.training), { size: batch, seed: random.bits() }),
    validation: new Batches(datasetOf(parts.validation), { size: batch }),
    test: new Batches(test, { size: batch }),
    testLabels: test.y.data,
  };
}
