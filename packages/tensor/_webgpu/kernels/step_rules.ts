import type { AdagradEntry, AdamEntry, RmsPropEntry, SgdEntry } from "../../backend.ts";
import type { StepRule } from "./optimizer_step.ts";

export const sgdRule: StepRule<SgdEntry> = {
  name: "sgdStep",
  slots: ({ velocity }) => velocity === null ? [] : [velocity],
  settings: ({ learningRate, momentum, dampening, rateInVelocity }) => ({
    momentum,
    pull: (1 - dampening) * (rateInVelocity ? learningRate : 1),
    own: rateInVelocity ? learningRate : 1,
    rate: learningRate,
  }),
  variant: ({ velocity, nesterov, rateInVelocity }) =>
    velocity === null ? "plain" : `${nesterov},${rateInVelocity}`,
  update: ({ velocity, nesterov, rateInVelocity }, setting) => {
    if (velocity === null) return `value -= ${setting("rate")} * g;`;
    const ahead = nesterov ? `(${setting("momentum")} * slot0 + ${setting("own")} * g)` : "slot0";
    return `slot0 = ${setting("momentum")} * slot0 + ${setting("pull")} * g;
      value -= ${rateInVelocity ? ahead : `${setting("rate")} * ${ahead}`};`;
  },
};

export const adamRule: StepRule<AdamEntry> = {
  name: "adamStep",
  slots: ({ mean, variance }) => [mean, variance],
  settings: ({ beta1, beta2, epsilon, correction1, correction2, learningRate }) => ({
    ...{ beta1, beta2, epsilon, correction1, correction2 },
    rest1: 1 - beta1,
    rest2: 1 - beta2,
    rate: learningRate,
  }),
  variant: () => "",
  update: (_, setting) =>
    `slot0 = ${setting("beta1")} * slot0 + ${setting("rest1")} * g;
      slot1 = ${setting("beta2")} * slot1 + ${setting("rest2")} * g * g;
      let root = sqrt(slot1 / ${setting("correction2")}) + ${setting("epsilon")};
      value -= ${setting("rate")} * (slot0 / ${setting("correction1")}) / root;`,
};

export const rmsPropRule: StepRule<RmsPropEntry> = {
  name: "rmsPropStep",
  slots: ({ square, velocity }) => velocity === null ? [square] : [square, velocity],
  settings: ({ alpha, epsilon, momentum, learningRate }) => ({
    ...{ alpha, epsilon, momentum },
    rest: 1 - alpha,
    rate: learningRate,
  }),
  variant: ({ velocity }) => velocity === null ? "plain" : "momentum",
  update: ({ velocity }, setting) =>
    `slot0 = ${setting("alpha")} * slot0 + ${setting("rest")} * g * g;
      let pull = g / (sqrt(slot0) + ${setting("epsilon")});
      ` + (velocity === null
      ? `value -= ${setting("rate")} * pull;`
      : `slot1 = ${setting("momentum")} * slot1 + pull;
      value -= ${setting("rate")} * slot1;`),
};

export const adagradRule: StepRule<AdagradEntry> = {
  name: "adagradStep",
  slots: ({ square }) => [square],
  settings: ({ epsilon, learningRate }) => ({ epsilon, rate: learningRate }),
  variant: () => "",
  update: (_, setting) =>
    `slot0 += g * g;
      value -= ${setting("rate")} * g / (sqrt(slot0) + ${setting("epsilon")});`,
};
