import { UsageError } from "@gradus/cli/usage-error";
import { Batches } from "@gradus/data/batches";
import { type Iris, iris } from "@gradus/data/iris";
import type { NdArray } from "@gradus/data/nd-array";
import { stratifiedSplit } from "@gradus/data/split";
import { fitStandardizer, type Standardizer } from "@gradus/data/standardize";
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
  /** What was done to the features: a trained network needs it for any other flower. */
  readonly standardizer: Standardizer;
  /** Which rows of the data are trained on. */
  readonly rows: Int32Array;
  /** The seed of their order. */
  readonly orderSeed: number;
}

/** With fewer, 70 / 10 / 20 % leave a part empty. */
const FEWEST_ROWS = 6;

/**
 * The built-in flowers, or those of a CSV file.
 *
 * @throws {UsageError} If there is no such file, or no such flowers in it.
 */
export async function readFlowers(file: string | null): Promise<Iris> {
  if (file === null) return iris();
  const { parseIris } = await import("@gradus/data/parse-iris");
  const text = await readText(file);
  try {
    const data = parseIris(text, { file });
    const rows = data.y.data.length;
    if (rows >= FEWEST_ROWS) return data;
    throw new RangeError(
      `Cannot use ${file} as there must be at least ${FEWEST_ROWS} flowers to split: found ${rows}`,
    );
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof RangeError)) throw error;
    throw new UsageError(error.message, { cause: error });
  }
}

async function readText(file: string): Promise<string> {
  try {
    return await Deno.readTextFile(file);
  } catch (error) {
    // The system's words, without the call that Deno adds to them.
    const [found] = (error as Error).message.split(": ");
    throw new UsageError(
      `Cannot read ${file} as it must be a file that can be read: found ${found}`,
      { cause: error },
    );
  }
}

/**
 * Splits stratified, 70 / 10 / 20, and standardises with the statistics of the training rows alone.
 *
 * @throws {UsageError} If a feature is the same in all training rows.
 */
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
  const x = takeRows(data.x, parts.training);
  assertVaried(x, data.features);
  const standardizer = fitStandardizer(x);
  const datasetOf = (index: Int32Array) => ({
    x: standardizer.transform(takeRows(data.x, index)),
    y: takeRows(data.y, index),
  });
  const test = datasetOf(parts.test);
  const orderSeed = random.bits();
  return {
    training: new Batches(datasetOf(parts.training), { size: batch, seed: orderSeed }),
    validation: new Batches(datasetOf(parts.validation), { size: batch }),
    test: new Batches(test, { size: batch }),
    testLabels: test.y.data,
    ...{ standardizer, orderSeed, rows: parts.training },
  };
}

/** What does not vary cannot be standardised. */
function assertVaried(x: NdArray<Float32Array>, features: readonly string[]): void {
  features.forEach((feature, column) => {
    const values = new Set(x.data.filter((_, i) => i % features.length === column));
    if (values.size > 1) return;
    throw new UsageError(
      `Cannot use --data as ${feature} must differ among the training rows: found only ${
        Number([...values][0]!.toPrecision(7))
      }`,
    );
  });
}
