import type { Parameter, State } from "./layer.ts";

/** The same parameter under a longer name: freezing one freezes the other. */
export function prefixParameter(path: string, parameter: Parameter): Parameter {
  return {
    name: `${path}.${parameter.name}`,
    value: parameter.value,
    gradient: parameter.gradient,
    get trainable() {
      return parameter.trainable;
    },
    set trainable(trainable) {
      parameter.trainable = trainable;
    },
  };
}

/** The same state under a longer name. */
export function prefixState(path: string, state: State): State {
  return {
    name: `${path}.${state.name}`,
    get value() {
      return state.value;
    },
    set value(value) {
      state.value = value;
    },
  };
}
