import type { Standardizer } from "@gradus/data/standardize";
import type { Sequential } from "@gradus/layers";
import { random } from "@gradus/random";
import { type Backend, softmax, tensor } from "@gradus/tensor";
import type { NetworkFacts, Report } from "../messages.ts";
import { networkPlan } from "../network_plan.ts";
import type { Settings } from "../settings.ts";
import { buildModel } from "./build_model.ts";
import type { ImageFiles } from "./read_files.ts";
import { openTask, type Task } from "./task.ts";

/** A model and what it learns from. */
export interface Run {
  readonly settings: Settings;
  /** The files it learns from, if it does from files. */
  readonly files: ImageFiles | null;
  readonly backend: Backend;
  readonly task: Task;
  readonly model: Sequential;
  /** Epochs that it was trained for, one that was begun included. */
  epochs: number;
}

/** Prepares the data and a model with its first weights, which the seed decides. */
export function prepareRun(
  settings: Settings,
  { backend, files }: { readonly backend: Backend; readonly files: ImageFiles | null },
): Run {
  const task = openTask(settings, files);
  const { inputShape, classes } = task.facts;
  const plan = networkPlan(settings, { inputShape, classes: classes.length });
  const model = buildModel(plan);
  model.init(inputShape, { backend, random: random(settings.seed) });
  return { settings, files, backend, task, model, epochs: 0 };
}

/** The same model, trained on with other settings: its data, network and what inputs go through stay. */
export function continueRun(run: Run, settings: Settings): Run {
  const { data, network, width } = run.settings;
  const next = { ...settings, data, network, width };
  return { ...run, settings: next, task: openTask(next, run.files, run.task.standardizer) };
}

/** The same run with inputs that go through something else, as a file of weights may ask. */
export function restandardize(run: Run, standardizer: Standardizer): Run {
  return { ...run, task: openTask(run.settings, run.files, standardizer) };
}

/**
 * What the model says.
 *
 * @param inputs One input after another, as the visitor sees them: centimetres, or light from 0 to 1.
 * @returns The probabilities of all classes, one input after another.
 */
export async function answer(
  { task, backend, model }: Run,
  inputs: Float32Array,
): Promise<Float32Array> {
  const { inputShape } = task.facts;
  const size = inputShape.reduce((product, length) => product * length, 1);
  const shape = [inputs.length / size, ...inputShape];
  const { data } = task.standardizer.transform({ data: inputs, shape });
  const x = tensor(backend, data, { shape });
  const logits = model.predict(x);
  try {
    return await softmax(logits, { out: logits }).data() as Float32Array;
  } finally {
    x.dispose();
    logits.dispose();
  }
}

/** Tells what the model says of the rows to show. */
export async function reportSamples(run: Run, report: (report: Report) => void): Promise<void> {
  const probabilities = await answer(run, run.task.facts.samples.inputs);
  report({ type: "answers", about: "samples", probabilities });
}

/** What the settings' layers come to, counted on a model of its own. */
export function describeNetwork(
  settings: Settings,
  { backend, inputShape, classes }: {
    readonly backend: Backend;
    readonly inputShape: readonly number[];
    readonly classes: number;
  },
): NetworkFacts {
  const plan = networkPlan(settings, { inputShape, classes });
  const model = buildModel(plan);
  model.init(inputShape, { backend, random: random(0) });
  return {
    inputShape,
    layers: plan.map((plan, place) => ({
      plan,
      outputShape: model.outputShapes[place]!,
      parameters: model.layers[place]!.parameters.reduce((sum, { value }) => sum + value.size, 0),
    })),
  };
}
