/** Optimizer steps: one pass over a parameter, its gradient and its slots. @module */

import type { FunctionBuilder, Local, Locals } from "../assembler.ts";
import type { Library } from "../library.ts";
import { f32, f32x4, type Value } from "../instructions.ts";
import { forEachVector, loadVector, storeVector, type VectorPlace } from "./vectors.ts";

/** Numbers of the kernels of this file. */
export interface StepKernels {
  readonly sgd: number;
  readonly adam: number;
  readonly rmsProp: number;
  readonly adagrad: number;
}

export function addSteps(library: Library): StepKernels {
  return {
    sgd: addSgd(library),
    adam: addAdam(library),
    rmsProp: addRmsProp(library),
    adagrad: addAdagrad(library),
  };
}

type Variable = Local<"v128">;

/** `g = scale · gradient + decay · value`, after `value` shrank by the factor `shrink`. */
const COMMON = {
  value: "i32",
  gradient: "i32",
  count: "i32",
  scale: "f32",
  decay: "f32",
  shrink: "f32",
  rate: "f32",
} as const;

/** What a step does with four numbers. */
interface Lanes {
  readonly value: Variable;
  readonly g: Variable;
  readonly rate: Variable;
  readonly place: VectorPlace;
}

/** Visits four numbers of a parameter at a time; `update` leaves the new value in `value`. */
function forEachLanes(
  f: FunctionBuilder,
  p: Locals<typeof COMMON>,
  update: (lanes: Lanes) => void,
): void {
  const [scale, decay, shrink, rate] = [p.scale, p.decay, p.shrink, p.rate].map((n) => splat(f, n));
  forEachVector(f, p.count, (place) => {
    const value = f.let(f32x4.mul(loadVector(p.value, place), shrink!));
    const g = f.let(f32x4.mul(loadVector(p.gradient, place), scale!));
    // Where there is no decay, a value that is not finite must not reach the gradient.
    f.if(f32.ne(p.decay, 0), () => f.set(g, f32x4.add(g, f32x4.mul(value, decay!))));
    update({ value, g, rate: rate!, place });
    storeVector(f, p.value, value, place);
  });
}

function splat(f: FunctionBuilder, number: Value<"f32">): Variable {
  return f.let(f32x4.splat(number));
}

/** `from · fromShare + to · toShare`. */
function mix(
  f: FunctionBuilder,
  [from, fromShare]: readonly [Value<"v128">, Variable],
  [to, toShare]: readonly [Value<"v128">, Variable],
): Variable {
  return f.let(f32x4.add(f32x4.mul(from, fromShare), f32x4.mul(to, toShare)));
}

/** `v ← momentum · v + pull · g`, `value ← value − rate · (aheadV · v + aheadG · g)`; no `v` where it is 0. */
function addSgd(library: Library): number {
  const parameters = {
    ...COMMON,
    velocity: "i32",
    momentum: "f32",
    pull: "f32",
    aheadV: "f32",
    aheadG: "f32",
  } as const;
  return library.add("sgd", { parameters }, (f, p) => {
    const [momentum, pull, aheadV, aheadG] = [p.momentum, p.pull, p.aheadV, p.aheadG].map((n) =>
      splat(f, n)
    ) as [Variable, Variable, Variable, Variable];
    forEachLanes(f, p, ({ value, g, rate, place }) => {
      f.if(p.velocity, () => {
        const v = mix(f, [loadVector(p.velocity, place), momentum], [g, pull]);
        storeVector(f, p.velocity, v, place);
        f.set(g, mix(f, [v, aheadV], [g, aheadG]));
      });
      f.set(value, f32x4.sub(value, f32x4.mul(rate, g)));
    });
  });
}

function addAdam(library: Library): number {
  const parameters = {
    ...COMMON,
    mean: "i32",
    variance: "i32",
    beta1: "f32",
    rest1: "f32",
    beta2: "f32",
    rest2: "f32",
    correction1: "f32",
    correction2: "f32",
    epsilon: "f32",
  } as const;
  return library.add("adam", { parameters }, (f, p) => {
    const [beta1, rest1, beta2, rest2] = [p.beta1, p.rest1, p.beta2, p.rest2].map((n) =>
      splat(f, n)
    ) as [Variable, Variable, Variable, Variable];
    const [correction1, correction2, epsilon] = [p.correction1, p.correction2, p.epsilon].map((n) =>
      splat(f, n)
    ) as [Variable, Variable, Variable];
    forEachLanes(f, p, ({ value, g, rate, place }) => {
      const m = mix(f, [loadVector(p.mean, place), beta1], [g, rest1]);
      const v = mix(f, [loadVector(p.variance, place), beta2], [f32x4.mul(g, g), rest2]);
      storeVector(f, p.mean, m, place);
      storeVector(f, p.variance, v, place);
      const deviation = f32x4.add(f32x4.sqrt(f32x4.div(v, correction2)), epsilon);
      const step = f32x4.div(f32x4.mul(rate, f32x4.div(m, correction1)), deviation);
      f.set(value, f32x4.sub(value, step));
    });
  });
}

function addRmsProp(library: Library): number {
  const parameters = {
    ...COMMON,
    square: "i32",
    velocity: "i32",
    alpha: "f32",
    rest: "f32",
    epsilon: "f32",
    momentum: "f32",
  } as const;
  return library.add("rmsProp", { parameters }, (f, p) => {
    const [alpha, rest, epsilon, momentum] = [p.alpha, p.rest, p.epsilon, p.momentum].map((n) =>
      splat(f, n)
    ) as [Variable, Variable, Variable, Variable];
    forEachLanes(f, p, ({ value, g, rate, place }) => {
      const s = mix(f, [loadVector(p.square, place), alpha], [f32x4.mul(g, g), rest]);
      storeVector(f, p.square, s, place);
      f.set(g, f32x4.div(g, f32x4.add(f32x4.sqrt(s), epsilon)));
      f.if(p.velocity, () => {
        f.set(g, f32x4.add(f32x4.mul(loadVector(p.velocity, place), momentum), g));
        storeVector(f, p.velocity, g, place);
      });
      f.set(value, f32x4.sub(value, f32x4.mul(rate, g)));
    });
  });
}

function addAdagrad(library: Library): number {
  const parameters = { ...COMMON, square: "i32", epsilon: "f32" } as const;
  return library.add("adagrad", { parameters }, (f, p) => {
    const epsilon = splat(f, p.epsilon);
    forEachLanes(f, p, ({ value, g, rate, place }) => {
      const s = f.let(f32x4.add(loadVector(p.square, place), f32x4.mul(g, g)));
      storeVector(f, p.square, s, place);
      const step = f32x4.div(f32x4.mul(rate, g), f32x4.add(f32x4.sqrt(s), epsilon));
      f.set(value, f32x4.sub(value, step));
    });
  });
}
