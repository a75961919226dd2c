import { type StartedTraining, startTraining } from "@gradus/cli/training-settings";
import { Dense, Relu, Sequential } from "@gradus/layers";
import type { Random } from "@gradus/random";
import type { Backend } from "@gradus/tensor";
import { type EpochEntry, evaluate, fit, type Means, parameterStatistics } from "@gradus/train";
import type { Trial } from "./flags.ts";
import type { Flowers } from "./flowers.ts";
import { INITIALISERS } from "./initialisers.ts";

/** One network, trained. */
export interface Training {
  readonly learningRate: number;
  readonly hidden: number;
  readonly seed: number;
  readonly model: Sequential;
  readonly flowers: Flowers;
  readonly epochs: readonly EpochEntry[];
  /** Means over the validation rows after the last epoch. */
  readonly validation: Means;
  /** What it could go on with; not there if the folder that it came from lacks it. */
  readonly started?: Pick<StartedTraining, "optimizer" | "settings">;
}

/** What tells one training from the others of a sweep. */
export interface TrainingOptions {
  readonly classes: number;
  readonly flowers: Flowers;
  readonly random: Random;
  readonly backend: Backend;
  readonly settings: Trial;
  /** Sees each epoch as it ends. */
  readonly onEpoch: (entry: EpochEntry) => Promise<void>;
}

/**
 * Trains a network 4-hidden-3 with relu between, by SGD with momentum on the softmax cross-entropy.
 *
 * @throws {RangeError} If it diverges: a loss or a gradient is no longer finite.
 */
export async function train(options: TrainingOptions): Promise<Training> {
  const { classes, flowers, random, backend, settings } = options;
  const { "learning-rate": learningRate, hidden, seed } = settings;
  const weightInit = INITIALISERS[settings.init]();
  const model = new Sequential([
    new Dense(hidden, { weightInit }),
    new Relu(),
    new Dense(classes, { weightInit }),
  ]);
  model.init([4], { backend, random });
  const { training: batches, validation } = flowers;
  const started = startTraining(model, {
    loss: { type: "softmaxCrossEntropy", labelSmoothing: 0, classWeights: null },
    optimizer: {
      type: "sgd",
      ...{ momentum: settings.momentum, nesterov: false, dampening: 0 },
      ...{ decoupled: false, rateInVelocity: false },
      ...{ clipNorm: settings["clip-norm"], clipParameterNorm: null },
      groups: [{
        parameters: model.parameters.map(({ name }) => name),
        learningRate: settings.schedule === "constant"
          ? { type: "constant", rate: learningRate }
          : {
            ...{ type: "exponential", rate: learningRate, decay: settings.decay ?? 0.95 },
            ...{ stageSteps: batches.length, staircase: false },
          },
        weightDecay: 0,
      }],
    },
    average: null,
  });
  const { loss, optimizer } = started;

  const epochs: EpochEntry[] = [];
  let startMs = performance.now();
  for await (const step of fit({ model, loss, optimizer, batches, epochs: settings.epochs })) {
    if (!step.isLast) continue;
    const entry = {
      epoch: step.epoch,
      training: await step.epochMeans(),
      validation: await evaluate({ model, loss, batches: validation, backend }),
      learningRate: step.learningRate,
      durationMs: performance.now() - startMs,
      parameters: await parameterStatistics(model),
    };
    assertFinite(entry.validation.loss, step.epoch);
    epochs.push(entry);
    await options.onEpoch(entry);
    startMs = performance.now();
  }
  return {
    ...{ learningRate, hidden, seed, model, flowers, epochs, started },
    validation: epochs.at(-1)!.validation!,
  };
}

/** The last step of an epoch may be the one that diverges, which shows first after it. */
function assertFinite(loss: number, epoch: number): void {
  if (Number.isFinite(loss)) return;
  throw new RangeError(
    `Cannot go on training as the validation loss of epoch ${
      epoch + 1
    } must be finite: found ${loss}`,
  );
}
