import {
  BatchNorm,
  Conv2d,
  Dense,
  Flatten,
  GlobalMaxPool2d,
  type Layer,
  MaxPool2d,
  Relu,
  Sequential,
} from "@gradus/layers";
import type { LayerPlan } from "../network_plan.ts";

/** A model of the layers of a plan, before `init`. */
export function buildModel(plan: readonly LayerPlan[]): Sequential {
  return new Sequential(plan.map(buildLayer));
}

function buildLayer(plan: LayerPlan): Layer {
  switch (plan.layer) {
    case "Conv2d":
      return new Conv2d(plan.channels, { kernel: 3, padding: "same" });
    case "Dense":
      return new Dense(plan.units);
    case "BatchNorm":
      return new BatchNorm();
    case "Relu":
      return new Relu();
    case "MaxPool2d":
      return new MaxPool2d(2);
    case "GlobalMaxPool2d":
      return new GlobalMaxPool2d();
    case "Flatten":
      return new Flatten();
  }
}
