import type { Sequential } from "@gradus/layers";
import { SoftmaxCrossEntropy } from "@gradus/losses";
import { type Optimizer, optimizerFromJson } from "@gradus/optim";
import type { TrainingRecord } from "@gradus/torch";
import { type BatchSource, fit, WeightAverage } from "@gradus/train";
import { assertEquals } from "@std/assert";
import { assertClose } from "../assert_close.ts";

/** A training under way. */
export interface Training {
  readonly record: TrainingRecord;
  readonly model: Sequential;
  readonly loss: SoftmaxCrossEntropy;
  readonly optimizer: Optimizer;
  readonly average?: WeightAverage;
  readonly batches: BatchSource;
}

/** A training from its first step, by its record. */
export function begin(
  record: TrainingRecord,
  { model, batches }: Pick<Training, "model" | "batches">,
): Training {
  const { labelSmoothing, classWeights } = record.loss;
  for (const parameter of model.parameters) {
    if (record.frozen.includes(parameter.name)) parameter.trainable = false;
  }
  const training = {
    ...{ record, model, batches },
    loss: new SoftmaxCrossEntropy({
      labelSmoothing,
      ...classWeights === null ? {} : { classWeights },
    }),
    optimizer: optimizerFromJson(record.optimizer, model.parameters),
  };
  if (record.average === null) return training;
  return { ...training, average: new WeightAverage(model, record.average) };
}

/** The mean loss of each epoch. */
export async function train(
  training: Training,
  epochs: { readonly from: number; readonly to: number },
): Promise<number[]> {
  const losses: number[] = [];
  for await (const step of fit({ ...training, startEpoch: epochs.from, epochs: epochs.to })) {
    training.average?.update();
    if (step.isLast) losses.push((await step.epochMeans()).loss);
  }
  return losses;
}

/** All numbers that a training goes on from, by their names. */
async function stateOf({ model, optimizer, average }: Training): Promise<Map<string, number[]>> {
  const tensors = [
    ...model.parameters,
    ...model.state.flatMap(({ name, value }) => typeof value === "number" ? [] : [{ name, value }]),
    ...optimizer.slots,
    ...(average?.averages ?? []).map(({ name, value }) => ({ name: `average ${name}`, value })),
  ];
  return new Map(
    await Promise.all(tensors.map(async ({ name, value }): Promise<[string, number[]]> => [
      name,
      [...await value.data()],
    ])),
  );
}

/** Asserts that two trainings go on from the same numbers. */
export async function assertSameState(a: Training, b: Training, tolerance: number): Promise<void> {
  const [actual, expected] = [await stateOf(a), await stateOf(b)];
  assertEquals([...actual.keys()], [...expected.keys()]);
  for (const [name, values] of actual) {
    try {
      assertClose(values, expected.get(name)!, tolerance);
    } catch (cause) {
      throw new Error(`${name} differs`, { cause });
    }
  }
}
