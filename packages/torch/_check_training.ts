import type { Sequential } from "@gradus/layers";
import { equalShapes, formatShape, type Shape } from "@gradus/tensor";
import type { DataRecord, TrainingRecord } from "./training_record.ts";
import type { TrainingState } from "./training_state.ts";

/** Refuses a record that is not of this model and this state. */
export function checkTraining(
  record: TrainingRecord,
  { model, optimizer, average }: TrainingState & { readonly model: Sequential },
): void {
  const refuse = (requirement: string, found: string): never => {
    throw new TypeError(`Cannot write a training for PyTorch as ${requirement}: found ${found}`);
  };
  const inputShape = INPUTS[record.data.type];
  if (!equalShapes(model.inputShape, inputShape)) {
    refuse(
      `the model's inputs must be those of ${record.data.type}, ${formatShape(inputShape)}`,
      formatShape(model.inputShape),
    );
  }
  if (model.outputShapes.at(-1)!.length !== 1) {
    refuse("the model must give a row of logits", formatShape(model.outputShapes.at(-1)!));
  }
  if (record.rows.length === 0) refuse("there must be rows to train on", "none");
  if ((record.average === null) !== (average === undefined)) {
    refuse(
      "an average of weights must be in the record and among the state, or in neither",
      record.average === null ? "none in the record" : "none among the state",
    );
  }
  const { kind, parameters } = optimizer.save();
  if (kind !== record.optimizer.type) {
    refuse(
      "the optimizer must be that of the record",
      `${kind} and, in the record, ${record.optimizer.type}`,
    );
  }
  const own = new Set(model.parameters.map(({ name }) => name));
  const inGroups = record.optimizer.groups.flatMap((group) => group.parameters);
  const moved = parameters.map(({ name }) => name);
  if (inGroups.length !== moved.length || inGroups.some((name) => !moved.includes(name))) {
    refuse(
      "the optimizer's parameters must be those of the record's groups",
      `${list(moved)} and, in the record, ${list(inGroups)}`,
    );
  }
  const strange = [...moved, ...record.frozen].filter((name) => !own.has(name));
  if (strange.length > 0) {
    refuse("parameters of optimizer and record must be the model's", list(strange));
  }
}

const INPUTS: Readonly<Record<DataRecord["type"], Shape>> = {
  cifar10: [32, 32, 3],
  fashionMnist: [28, 28, 1],
  iris: [4],
};

function list(names: readonly string[]): string {
  const more = names.length > 5 ? ` and ${names.length - 5} more` : "";
  return names.length === 0 ? "none" : `${names.slice(0, 5).join(", ")}${more}`;
}
