import type { Sequential } from "@gradus/layers";
import { Adam, AdamW, Muon, type Optimizer, RmsProp, type Schedule, Sgd } from "@gradus/optim";
import type { OptimizerName } from "../settings.ts";

/** An optimizer of a model's parameters. */
export function buildOptimizer(
  name: OptimizerName,
  { parameters }: Sequential,
  learningRate: Schedule,
): Optimizer {
  switch (name) {
    case "sgd":
      return new Sgd(parameters, { learningRate, momentum: 0.9 });
    case "adam":
      return new Adam(parameters, { learningRate });
    case "adamw":
      return new AdamW(parameters, { learningRate });
    case "muon":
      return new Muon(parameters, { learningRate });
    case "rmsprop":
      return new RmsProp(parameters, { learningRate });
  }
}
