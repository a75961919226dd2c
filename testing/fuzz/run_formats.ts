import {
  findTrials,
  imageFlags,
  integerFlag,
  mergeTrials,
  numbersFlag,
  parseConfig,
  parseHistory,
  settingsFromConfig,
} from "@gradus/cli";
import { standardizerFromJson } from "@gradus/data/standardize";
import { optimizerFromJson } from "@gradus/optim";
import { tensor } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { trainingFromJson } from "@gradus/torch";
import { assert, assertEquals } from "@std/assert";
import { bytesOf, fuzzedFormat, JSON_TOKENS } from "./fuzzed_format.ts";
import { readJson } from "./read_json.ts";

const json = (value: unknown) => bytesOf(JSON.stringify(value));

const RUN = "experiments/mlp/001";

const FLAGS = {
  ...imageFlags({
    ...{ epochs: 8, batch: 128, learningRate: 0.1, modelName: "mlp" },
    heldOut: { files: 5000, drawn: 500 },
  }),
  hidden: numbersFlag({ description: "units", fallback: [512], atLeast: 1, whole: true }),
  "split-seed": integerFlag({ description: "seed", fallback: null, atLeast: 0 }),
};

const config = {
  ...{ "learning-rate": [0.1, 0.3], epochs: 10, batch: 128, seed: 0, seeds: 2, validation: null },
  ...{ "model-name": "mlp", sample: true, hidden: [512, 256], backend: "cpu", threads: 2 },
  versions: { gradus: "0.1.0" },
};

export const configFormat = fuzzedFormat({
  name: "config.json",
  good: [json(config), json({}), json({ "__proto__": { seed: -1 }, seed: 3 })],
  bad: {
    empty: new Uint8Array(),
    "that is no object": json(7),
    "that is null": json(null),
    "with a name that leads out of the folder": json({ ...config, "model-name": "../../x" }),
    "with an object for a number": json({ ...config, seed: { toString: 1 } }),
    "with a list in a list": json({ ...config, hidden: [[{ toString: 1 }]] }),
    "with a switch that has a value": json({ ...config, sample: "yes" }),
  },
  tokens: [
    ...JSON_TOKENS,
    ...[
      '"seed":',
      '"sample":',
      '"hidden":',
      '"learning-rate":',
      '"../../x"',
      "--",
      "--seed",
      "=",
      " ",
    ],
  ],
  file: RUN,
  read: (bytes) => {
    const config = parseConfig(bytes, { folder: RUN, verb: "go on from" });
    return settingsFromConfig(config, FLAGS, { folder: RUN });
  },
  check: (settings) => {
    const { trial: _, ...rest } = settings;
    assertEquals(settingsFromConfig(rest, FLAGS, { folder: RUN }), { ...settings, trial: null });
    assert(!settings["model-name"].includes("/"));
  },
});

const means = { loss: 0.5, accuracy: 0.75, rows: 8 };
const epoch = {
  ...{ epoch: 0, training: means, validation: { ...means, accuracy: null } },
  ...{ learningRate: 0.1, durationMs: 1.5 },
  parameters: [{ name: "0.weight", minimum: -1, maximum: 1, norm: 2 }],
};
const historyTokens = [
  ...JSON_TOKENS,
  ...['"epoch":', '"training":', '"validation":', '"loss":', '"accuracy":', '"rows":', '"name":'],
];

export const historyFormat = fuzzedFormat({
  name: "history.json",
  good: [json([epoch, { ...epoch, epoch: 1 }]), json([])],
  bad: {
    empty: new Uint8Array(),
    "that is an object": json(epoch),
    "with epochs out of order": json([{ ...epoch, epoch: 1 }]),
    "with null for a loss": json([{ ...epoch, training: { ...means, loss: null } }]),
    "with null for parameters": json([{ ...epoch, parameters: [null] }]),
  },
  tokens: historyTokens,
  file: RUN,
  read: (bytes) => parseHistory(bytes, { folder: RUN, verb: "go on from" }),
  check: (epochs) => {
    epochs.forEach(({ epoch, training, validation, parameters = [] }, place) => {
      assertEquals(epoch, place);
      for (const { loss, rows } of [training, ...validation ? [validation] : []]) {
        assert(Number.isFinite(loss) && Number.isFinite(rows));
      }
      assert(parameters.every(({ norm }) => Number.isFinite(norm)));
    });
  },
});

/** The folder of a trial, of which one file at a time is another. */
const trialFolder = await Deno.makeTempDir();
globalThis.addEventListener("unload", () => Deno.removeSync(trialFolder, { recursive: true }));

const sweep = { program: "iris", trial: 1, trials: 2, settings: { seeds: 2, hidden: [4] } };
const trialFiles = {
  "config.json": json({ seed: 1, sweep }),
  "trial.json": json({ diverged: null }),
  "history.json": json([epoch]),
};

export const trialFormat = fuzzedFormat({
  name: "trial's folder",
  share: 0.1,
  good: [
    ...["config.json", "trial.json", "history.json"].map((name, place) =>
      new Uint8Array([place, ...trialFiles[name as keyof typeof trialFiles]])
    ),
    new Uint8Array([1, ...json({ diverged: "loss NaN" })]),
  ],
  bad: {
    "of a trial that is none": new Uint8Array([0, ...json({ sweep: { ...sweep, trial: 2 } })]),
    "of settings that are none": new Uint8Array([0, ...json({ sweep: { ...sweep, settings: 7 } })]),
    "of a sweep that is null": new Uint8Array([0, ...json({ sweep: null })]),
    "of an outcome that is null": new Uint8Array([1, ...json(null)]),
    "of no epoch": new Uint8Array([2, ...json([])]),
  },
  tokens: [
    ...historyTokens,
    ...['"sweep":', '"program":', '"trial":', '"trials":', '"settings":', '"diverged":', "\x01"],
  ],
  file: "",
  read: async (bytes) => {
    const changed = Object.keys(trialFiles)[(bytes[0] ?? 0) % 3]!;
    for (const [name, contents] of Object.entries(trialFiles)) {
      const own = name === changed ? bytes.subarray(1) : contents;
      Deno.writeFileSync(`${trialFolder}/${name}`, own);
    }
    const { trials } = await findTrials([trialFolder]);
    return trials.length === 0 ? [] : await mergeTrials(
      trials,
      Array.from({ length: 1 }, () => "seed 0"),
    ).catch((error: Error) => {
      // Of two trials there is one: that is not the file's fault.
      if (error.message.includes("found none of trial 0")) return [];
      throw error;
    });
  },
  check: (trials) => {
    for (const { sweep, epochs, diverged } of trials) {
      assert(sweep.trial < sweep.trials && typeof sweep.settings === "object");
      assert(diverged !== null || Number.isFinite(epochs.at(-1)!.validation!.loss));
    }
  },
});

export const standardizerFormat = fuzzedFormat({
  name: "standardizer.json",
  good: [json({ mean: [5.8, 3], deviation: [0.8, 1e-9] })],
  bad: {
    null: json(null),
    "of a deviation of 0": json({ mean: [1], deviation: [0] }),
    "of null": json({ mean: [null], deviation: [1] }),
    "of lists that differ": json({ mean: [1, 2], deviation: [1] }),
    "of a key too many": json({ mean: [1], deviation: [1], more: 1 }),
  },
  tokens: [...JSON_TOKENS, '"mean":', '"deviation":'],
  file: "",
  read: (bytes) => standardizerFromJson(readJson(bytes)),
  check: ({ mean, deviation }) => {
    assertEquals(mean.length, deviation.length);
    assert(mean.every(Number.isFinite) && deviation.every((value) => value > 0));
  },
});

const group = {
  parameters: ["0.weight"],
  learningRate: { type: "constant", rate: 0.1 },
  weightDecay: 0,
};
const record = {
  data: {
    ...{ type: "cifar10", folder: "data/cifar-10" },
    statistics: { mean: [0.5, 0.5, 0.5], deviation: [0.2, 0.2, 0.2] },
    augment: [{ type: "alternatingFlip" }, { type: "translate", pixels: 2, padding: "reflect" }],
  },
  ...{ rows: [3, 1, 2], batch: 2, epochs: 3, seed: 0, frozen: ["0.weight"] },
  loss: { type: "softmaxCrossEntropy", labelSmoothing: 0.1, classWeights: null },
  optimizer: {
    ...{ type: "sgd", momentum: 0.9, nesterov: true, dampening: 0, decoupled: false },
    ...{ rateInVelocity: false, clipNorm: null, clipParameterNorm: null, groups: [group] },
  },
  average: { decay: { limit: 0.9, steps: 9, power: 3 }, every: 5, lookahead: true },
};
const backend = reference();
const parameters = [{
  name: "0.weight",
  ...{ value: tensor(backend, [1, 2]), gradient: tensor(backend, [0, 0]), trainable: true },
}];

export const trainingFormat = fuzzedFormat({
  name: "training as JSON",
  good: [json(record), json({ ...record, average: null })],
  bad: {
    null: json(null),
    "of a batch of 0": json({ ...record, batch: 0 }),
    "of other data": json({ ...record, data: { ...record.data, type: "../x" } }),
    "of an optimizer that is none": json({
      ...record,
      optimizer: { ...record.optimizer, type: "toString" },
    }),
    "of a schedule that is none": json({
      ...record,
      optimizer: { ...record.optimizer, groups: [{ ...group, learningRate: { type: "x" } }] },
    }),
    "of a parameter that is none": json({
      ...record,
      optimizer: { ...record.optimizer, groups: [{ ...group, parameters: ["__proto__"] }] },
    }),
    "of a momentum of 1": json({ ...record, optimizer: { ...record.optimizer, momentum: 1 } }),
  },
  tokens: [
    ...JSON_TOKENS,
    ...['"type":', '"sgd"', '"adam"', '"oneCycle"', '"cosine"', '"groups":', '"parameters":'],
    ...['"learningRate":', '"rate":', '"0.weight"', '"iris"', '"statistics":', '"augment":'],
  ],
  file: "",
  read: (bytes) => {
    const training = trainingFromJson(readJson(bytes));
    const optimizer = optimizerFromJson(training.optimizer, parameters);
    return { training, optimizer };
  },
  check: ({ training, optimizer }) => {
    assertEquals(trainingFromJson(JSON.parse(JSON.stringify(training))), training);
    optimizer.step();
    for (const { value } of optimizer.slots) value.dispose();
  },
});
