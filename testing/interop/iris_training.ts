import { Batches, fitStandardizer, iris, takeRows } from "@gradus/data";
import { Dense, Relu, Sequential } from "@gradus/layers";
import type { GroupRecord, OptimizerRecord, ScheduleRecord } from "@gradus/optim";
import { random } from "@gradus/random";
import { reference } from "@gradus/tensor/reference";
import type { TrainingRecord } from "@gradus/torch";
import { begin, type Training } from "./training.ts";

const BATCH = 16;
const SEED = 2 ** 33 + 5;
export const ROWS = [...random(3).permutation(150)].slice(0, 100);

export const sgd = {
  type: "sgd",
  ...{ momentum: 0.9, nesterov: false, dampening: 0, decoupled: false, rateInVelocity: false },
  ...{ clipNorm: null, clipParameterNorm: null },
} as const;

/** A network of two layers on flowers, whose last batch of an epoch has four rows. */
export function beginIris(options: {
  readonly optimizer?: (groups: readonly GroupRecord[]) => OptimizerRecord;
  readonly learningRate?: ScheduleRecord;
  readonly batch?: number;
  readonly loss?: TrainingRecord["loss"];
} = {}): Training {
  const { optimizer = (groups) => ({ ...sgd, groups }), batch = BATCH } = options;
  const {
    learningRate = {
      ...{ type: "exponential", rate: 0.05, decay: 0.9, stageSteps: 7, staircase: false },
    } as const,
  } = options;
  const flowers = takeRows(iris(), Int32Array.from(ROWS));
  const standardizer = fitStandardizer(flowers.x);
  const model = new Sequential([new Dense(16), new Relu(), new Dense(3)]);
  model.init([4], { backend: reference(), random: random(0) });
  const groups = [["0.weight", "2.weight"], ["0.bias", "2.bias"]].map((parameters, place) => ({
    ...{ parameters, learningRate },
    weightDecay: place === 0 ? 0.01 : 0,
  }));
  const record: TrainingRecord = {
    data: { type: "iris", file: null, statistics: standardizer.toJSON() },
    ...{ rows: ROWS, batch, epochs: 6, seed: SEED, frozen: [], average: null },
    loss: options.loss ??
      { type: "softmaxCrossEntropy", labelSmoothing: 0.1, classWeights: [1, 2, 0.5] },
    optimizer: optimizer(groups),
  };
  const dataset = { x: standardizer.transform(flowers.x), y: flowers.y };
  return begin(record, { model, batches: new Batches(dataset, { size: batch, seed: SEED }) });
}
