import type { AugmentationRecord } from "@gradus/data/augmentation-record";
import type {
  AverageRecord,
  DataRecord,
  LossRecord,
  StatisticsRecord,
  TrainingRecord,
} from "./training_record.ts";

/** More rows than a file of labels has room for are none of a training. */
const MOST_ROWS = 2 ** 31 - 1;

/**
 * Checks what a file says a training is.
 *
 * Settings of the optimizer are checked by `optimizerFromJson` of `@gradus/optim`, with the parameters at
 * hand.
 *
 * @param json A {@linkcode TrainingRecord}, possibly by way of a file.
 * @returns The same, of the right types; what else it holds is left out.
 * @throws {TypeError} If a part is missing or of another type, or a type is not one of its list.
 * @throws {RangeError} If a number is out of range.
 *
 * @example
 * ```ts
 * import { trainingFromJson } from "@gradus/torch";
 * import { assertThrows } from "@std/assert";
 *
 * assertThrows(
 *   () => trainingFromJson({ batch: 0 }),
 *   RangeError,
 *   "Cannot read a training as batch must be a whole number of at least 1: found 0",
 * );
 * ```
 */
export function trainingFromJson(json: unknown): TrainingRecord {
  const record = objectOf("it", json);
  const rowsInAll = { least: 0, most: MOST_ROWS };
  return {
    batch: wholeOf("batch", record["batch"], { least: 1 }),
    epochs: wholeOf("epochs", record["epochs"], { least: 1 }),
    seed: wholeOf("seed", record["seed"], { least: 0 }),
    data: dataOf(record["data"]),
    rows: listOf("rows", record["rows"]).map((row) => wholeOf("each row", row, rowsInAll)),
    loss: lossOf(record["loss"]),
    optimizer: objectOf("optimizer", record["optimizer"]) as unknown as TrainingRecord["optimizer"],
    average: record["average"] === null ? null : averageOf(record["average"]),
    frozen: listOf("frozen", record["frozen"]).map((name) => textOf("each frozen", name)),
  };
}

function dataOf(json: unknown): DataRecord {
  const data = objectOf("data", json);
  const type = data["type"];
  if (type === "iris") {
    const file = data["file"] === null ? null : textOf("data.file", data["file"]);
    return { type, file, statistics: statisticsOf(data["statistics"], { columns: 4 }) };
  }
  if (type === "fashionMnist" || type === "cifar10") {
    return {
      type,
      folder: textOf("data.folder", data["folder"]),
      statistics: statisticsOf(data["statistics"], { columns: type === "cifar10" ? 3 : 1 }),
      augment: listOf("data.augment", data["augment"]).map(augmentationOf),
    };
  }
  refuse("data.type", { requirement: "iris, fashionMnist or cifar10", found: type });
}

function statisticsOf(
  json: unknown,
  { columns }: { readonly columns: number },
): StatisticsRecord {
  const statistics = objectOf("data.statistics", json);
  const [mean, deviation] = ["mean", "deviation"].map((name) => {
    const values = listOf(`data.statistics.${name}`, statistics[name]);
    if (values.length === columns) return values;
    refuse(`data.statistics.${name}`, { requirement: `${columns} numbers`, found: values });
  }) as [unknown[], unknown[]];
  return {
    mean: mean.map((value) => numberOf("each mean", value)),
    deviation: deviation.map((value) => positiveOf("each deviation", value)),
  };
}

function augmentationOf(json: unknown): AugmentationRecord {
  const change = objectOf("each augmentation", json);
  const type = change["type"];
  switch (type) {
    case "alternatingFlip":
    case "flip":
      return { type };
    case "cutout":
      return { type, size: wholeOf("cutout.size", change["size"], { least: 1 }) };
    case "translate": {
      const padding = change["padding"];
      if (padding !== "reflect" && padding !== "zero") {
        refuse("translate.padding", { requirement: "reflect or zero", found: padding });
      }
      return { type, padding, pixels: wholeOf("translate.pixels", change["pixels"], { least: 1 }) };
    }
    default:
      refuse("the type of each augmentation", {
        requirement: "flip, alternatingFlip, translate or cutout",
        found: type,
      });
  }
}

function lossOf(json: unknown): LossRecord {
  const loss = objectOf("loss", json);
  const { type, labelSmoothing, classWeights } = loss;
  if (type !== "softmaxCrossEntropy") {
    refuse("loss.type", { requirement: "softmaxCrossEntropy", found: type });
  }
  const smoothing = numberOf("loss.labelSmoothing", labelSmoothing);
  if (!(smoothing >= 0 && smoothing < 1)) {
    refuse("loss.labelSmoothing", { requirement: "in [0, 1)", found: smoothing }, RangeError);
  }
  return {
    ...{ type, labelSmoothing: smoothing },
    classWeights: classWeights === null
      ? null
      : listOf("loss.classWeights", classWeights).map((weight) =>
        positiveOf("each class weight", weight)
      ),
  };
}

function averageOf(json: unknown): AverageRecord {
  const average = objectOf("average", json);
  const { every, lookahead } = average;
  const decay = objectOf("average.decay", average["decay"]);
  const limit = numberOf("average.decay.limit", decay["limit"]);
  const power = numberOf("average.decay.power", decay["power"]);
  if (!(limit >= 0 && limit <= 1)) {
    refuse("average.decay.limit", { requirement: "in [0, 1]", found: limit }, RangeError);
  }
  if (power < 0) {
    refuse("average.decay.power", { requirement: "at least 0", found: power }, RangeError);
  }
  if (typeof lookahead !== "boolean") {
    refuse("average.lookahead", { requirement: "true or false", found: lookahead });
  }
  const steps = wholeOf("average.decay.steps", decay["steps"], { least: 1 });
  return {
    decay: { limit, steps, power },
    every: wholeOf("average.every", every, { least: 1 }),
    lookahead,
  };
}

function objectOf(what: string, json: unknown): Record<string, unknown> {
  if (typeof json === "object" && json !== null && !Array.isArray(json)) {
    return json as Record<string, unknown>;
  }
  refuse(what, { requirement: "an object", found: json });
}

function listOf(what: string, json: unknown): unknown[] {
  if (Array.isArray(json)) return json;
  refuse(what, { requirement: "a list", found: json });
}

function textOf(what: string, json: unknown): string {
  if (typeof json === "string") return json;
  refuse(what, { requirement: "text", found: json });
}

function numberOf(what: string, json: unknown): number {
  if (typeof json === "number" && Number.isFinite(json)) return json;
  refuse(what, { requirement: "a finite number", found: json });
}

function positiveOf(what: string, json: unknown): number {
  const number = numberOf(what, json);
  if (number > 0) return number;
  refuse(what, { requirement: "above 0", found: number }, RangeError);
}

function wholeOf(
  what: string,
  json: unknown,
  { least, most = Number.MAX_SAFE_INTEGER }: { readonly least: number; readonly most?: number },
): number {
  if (Number.isInteger(json) && (json as number) >= least && (json as number) <= most) {
    return json as number;
  }
  const requirement = `a whole number of at least ${least}`;
  refuse(what, { requirement, found: json }, typeof json === "number" ? RangeError : TypeError);
}

function refuse(
  what: string,
  { requirement, found }: { readonly requirement: string; readonly found: unknown },
  ErrorClass: new (message: string) => Error = TypeError,
): never {
  throw new ErrorClass(
    `Cannot read a training as ${what} must be ${requirement}: found ${
      `${JSON.stringify(found)}`.slice(0, 80)
    }`,
  );
}
