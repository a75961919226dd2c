import { type Random, random } from "@gradus/random";
import type {
  AdagradEntry,
  AdamEntry,
  Backend,
  Operand,
  RmsPropEntry,
  SgdEntry,
  Shape,
  StepEntry,
  StepGuard,
} from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { assert, assertEquals } from "@std/assert";
import { assertFollows, assertGives, assertSame } from "./agreement.ts";
import type { Contract, Test } from "./kernel_contract.ts";
import { blank, floats, integers, type Numbers } from "./numbers.ts";
import { normals, uniforms, wholeNumbers } from "./random_numbers.ts";
import { Rough } from "./rough.ts";
import { runTrial, type Trial } from "./trial.ts";

type StepName = "sgdStep" | "adamStep" | "rmsPropStep" | "adagradStep";

/** Rate and decay of a parameter. */
type Rate = Pick<StepEntry, "learningRate" | "weightDecay" | "decoupled">;

/** What clips and scales the gradients of a step. */
type Clip = Pick<StepGuard, "clipEach" | "clipGlobal" | "gradientScale">;

/** A parameter before a step. */
interface Parameter {
  readonly value: Numbers;
  readonly gradient: Numbers;
  readonly slots: readonly Numbers[];
}

/** One number of a parameter after a step. */
interface Stepped {
  readonly value: Rough;
  readonly slots: readonly Rough[];
}

/** An optimizer with its own options chosen. */
interface Rule {
  readonly name: string;
  /** How many slots, and whether they hold squares, which are not negative. */
  readonly slots: readonly ("any" | "square")[];
  /** Calls the kernel. */
  readonly step: (
    backend: Backend,
    entries: readonly (StepEntry & { readonly slots: readonly Operand[] })[],
    guard: StepGuard,
  ) => void;
  /** The formula of one number, from its clipped and decayed gradient. */
  readonly update: (
    number: { readonly value: Rough; readonly g: Rough; readonly slots: readonly Rough[] },
    learningRate: number,
  ) => Stepped;
}

const rates: readonly Rate[] = [
  { learningRate: 0.1, weightDecay: 0, decoupled: false },
  { learningRate: 0.05, weightDecay: 0.01, decoupled: false },
  { learningRate: 0.05, weightDecay: 0.3, decoupled: true },
];

/** The norms of the random gradients lie on both sides of these. */
const clips: readonly Clip[] = [
  { clipEach: null, clipGlobal: null },
  { clipEach: 2.5, clipGlobal: null },
  { clipEach: null, clipGlobal: 3 },
  { clipEach: 2.5, clipGlobal: 3, gradientScale: 0.3 },
  { clipEach: 1e6, clipGlobal: 1e6, gradientScale: 2 ** -10 },
];

const shapes: readonly Shape[] = [[3, 17], [1], [1003]];

export const optimizerContract: Contract<"gradientNorms" | StepName> = {
  gradientNorms(test) {
    const trialOf = (gradients: readonly Numbers[]): Trial<string, "norms"> => ({
      inputs: Object.fromEntries(gradients.map((gradient, i) => [`gradient ${i}`, gradient])),
      outputs: { norms: blank([gradients.length + 1]) },
      call: (backend, operands) =>
        backend.gradientNorms(
          gradients.map((_, i) => operands[`gradient ${i}`]!),
          operands.norms!,
        ),
    });
    test("gives each norm and that of all by hand", async (backend) => {
      await assertGives(
        backend,
        trialOf([floats([3, -4]), floats([0], []), floats([12])]),
        { norms: [5, 0, 12, 13] },
        { units: 9 },
      );
    });
    test("rounds no more than its formula, of any sizes, and of many gradients", async (backend) => {
      const stream = random(1);
      const many = Array.from({ length: 40 }, (_, i): Shape => [1 + i * 3]);
      for (const sizes of [[[1]], shapes, [[100_003], [2, 2, 2]], many]) {
        for (const draw of [normals, wholeNumbers]) {
          const gradients = sizes.map((shape) => draw(stream, shape));
          await assertFollows(backend, trialOf(gradients), (u) => {
            const squares = gradients.map(({ values }) =>
              Array.from(values, (g) => new Rough(g, { u }).times(g))
            );
            return {
              norms: [...squares, squares.flat()].map((squares) => Rough.sum(squares).squareRoot()),
            };
          });
        }
      }
    });
    test("keeps large and small norms whose squares are in range", async (backend) => {
      await assertGives(
        backend,
        trialOf([floats([3e17, 4e17]), floats([3e-17, -4e-17])]),
        { norms: [5e17, 5e-17, 5e17] },
        { units: 20 },
      );
    });
    test("is not finite where a gradient is not", async (backend) => {
      for (const bad of [NaN, Infinity, -Infinity]) {
        const { norms } = await runTrial(
          backend,
          trialOf([floats([1, 2]), floats([1, bad, 3]), floats([2])]),
        );
        assertEquals(Array.from(norms, Number.isFinite), [true, false, true, false]);
      }
    });
    test("is not finite where it is too large for the number type", async (backend) => {
      const large = floats(new Float32Array(4).fill(backend.float === "float32" ? 3e38 : Infinity));
      const { norms } = await runTrial(backend, trialOf([floats([1]), large]));
      assertEquals(Array.from(norms, Number.isFinite), [true, false, false]);
    });
  },

  sgdStep(test) {
    test("goes down the gradient by hand", async (backend) => {
      await assertStep(backend, sgd({ velocity: false }), {
        value: [1, 2],
        gradient: [0.5, -1],
        slots: [],
        learningRate: 0.5,
        expected: { value: [0.75, 2.5], slots: [] },
      });
    });
    test("has momentum, dampening and Nesterov's step by hand", async (backend) => {
      const before = { value: [1], gradient: [2], slots: [[4]], learningRate: 0.25 };
      const after = (value: number, velocity: number) => ({
        ...before,
        expected: { value: [value], slots: [[velocity]] },
      });
      // v = 4/2 + 2, and 4/2 + (1 − 1/2) · 2; with the rate inside, 4/2 + 2/4.
      await assertStep(backend, sgd({ momentum: 0.5 }), after(0, 4));
      await assertStep(backend, sgd({ momentum: 0.5, dampening: 0.5 }), after(0.25, 3));
      await assertStep(backend, sgd({ momentum: 0.5, nesterov: true }), after(0, 4));
      await assertStep(backend, sgd({ momentum: 0.5, rateInVelocity: true }), after(-1.5, 2.5));
      await assertStep(
        backend,
        sgd({ momentum: 0.5, rateInVelocity: true, nesterov: true }),
        after(-0.75, 2.5),
      );
    });
    const rules = [false, true].flatMap((nesterov) =>
      [false, true].flatMap((rateInVelocity) =>
        [0, 0.1].map((dampening) => sgd({ momentum: 0.9, dampening, nesterov, rateInVelocity }))
      )
    );
    stepTests(test, [sgd({ velocity: false }), ...rules]);
  },

  adamStep(test) {
    test("divides by the root of the mean square by hand", async (backend) => {
      await assertStep(
        backend,
        adam({ beta1: 0.5, beta2: 0.75, epsilon: 0, correction1: 0.5, correction2: 0.25 }),
        {
          value: [1, 1],
          gradient: [2, -2],
          slots: [[0, 0], [0, 0]],
          learningRate: 0.25,
          expected: { value: [0.75, 1.25], slots: [[1, -1], [1, 1]] },
        },
      );
    });
    test("stays where gradient and slots are zero", async (backend) => {
      await assertStep(backend, adam(firstStep), {
        value: [1],
        gradient: [0],
        slots: [[0], [0]],
        learningRate: 0.25,
        expected: { value: [1], slots: [[0], [0]] },
      });
    });
    stepTests(test, [adam(firstStep), adam(laterStep)]);
  },

  rmsPropStep(test) {
    test("divides by the root of the mean square by hand", async (backend) => {
      const before = { value: [1], gradient: [2], learningRate: 0.25 };
      await assertStep(backend, rmsProp({ alpha: 0.75, epsilon: 0, velocity: false }), {
        ...before,
        slots: [[0]],
        expected: { value: [0.5], slots: [[1]] },
      });
      await assertStep(backend, rmsProp({ alpha: 0.75, epsilon: 1, momentum: 0.5 }), {
        ...before,
        slots: [[0], [4]],
        expected: { value: [0.25], slots: [[1], [3]] },
      });
    });
    stepTests(test, [
      rmsProp({ alpha: 0.99, epsilon: 1e-8, velocity: false }),
      rmsProp({ alpha: 0.9, epsilon: 1e-3, momentum: 0.9 }),
    ]);
  },

  adagradStep(test) {
    test("divides by the root of the sum of squares by hand", async (backend) => {
      await assertStep(backend, adagrad({ epsilon: 0 }), {
        value: [1],
        gradient: [2],
        slots: [[12]],
        learningRate: 0.5,
        expected: { value: [0.75], slots: [[16]] },
      });
    });
    stepTests(test, [adagrad({ epsilon: 1e-8 }), adagrad({ epsilon: 0.1 })]);
  },
};

function sgd(
  options: Partial<Omit<SgdEntry, keyof StepEntry | "velocity">> & { velocity?: boolean },
): Rule {
  const { velocity = true, momentum = 0, dampening = 0, nesterov = false, rateInVelocity = false } =
    options;
  return {
    name: velocity
      ? `momentum ${momentum}, dampening ${dampening}${nesterov ? ", Nesterov" : ""}${
        rateInVelocity ? ", rate in velocity" : ""
      }`
      : "no momentum",
    slots: velocity ? ["any"] : [],
    step: (backend, entries, guard) =>
      backend.sgdStep(
        entries.map(({ slots, ...entry }): SgdEntry => ({
          ...entry,
          velocity: slots[0] ?? null,
          momentum,
          dampening,
          nesterov,
          rateInVelocity,
        })),
        guard,
      ),
    update: ({ value, g, slots }, learningRate) => {
      if (!velocity) return { value: value.minus(g.times(learningRate)), slots: [] };
      const rated = (x: Rough) => rateInVelocity ? x.times(learningRate) : x;
      const v = slots[0]!.times(momentum).plus(rated(g.times(1 - dampening)));
      const ahead = nesterov ? v.times(momentum).plus(rated(g)) : v;
      return {
        value: value.minus(rateInVelocity ? ahead : ahead.times(learningRate)),
        slots: [v],
      };
    },
  };
}

type AdamOptions = Omit<AdamEntry, keyof StepEntry | "mean" | "variance">;

const betas = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
const firstStep: AdamOptions = { ...betas, correction1: 1 - 0.9, correction2: 1 - 0.999 };
const laterStep: AdamOptions = {
  ...betas,
  correction1: 1 - 0.9 ** 20,
  correction2: 1 - 0.999 ** 20,
};

// 1 − β₂ is 0.001: a backend that took it from a β₂ rounded to float32 would be off by 500u. It has to
// come from the float64 that the contract gives.
function adam(options: AdamOptions): Rule {
  const { beta1, beta2, epsilon, correction1, correction2 } = options;
  return {
    name: `corrections ${correction1.toFixed(3)} and ${correction2.toFixed(3)}`,
    slots: ["any", "square"],
    step: (backend, entries, guard) =>
      backend.adamStep(
        entries.map(({ slots, ...entry }): AdamEntry => ({
          ...entry,
          ...options,
          mean: slots[0]!,
          variance: slots[1]!,
        })),
        guard,
      ),
    update: ({ value, g, slots }, learningRate) => {
      const mean = slots[0]!.times(beta1).plus(g.times(1 - beta1));
      const variance = slots[1]!.times(beta2).plus(g.times(g).times(1 - beta2));
      const root = variance.over(correction2).squareRoot().plus(epsilon);
      return {
        value: value.minus(mean.over(correction1).times(learningRate).over(root)),
        slots: [mean, variance],
      };
    },
  };
}

function rmsProp(
  options: { alpha: number; epsilon: number; momentum?: number; velocity?: boolean },
): Rule {
  const { alpha, epsilon, momentum = 0, velocity = true } = options;
  return {
    name: velocity ? `momentum ${momentum}` : "no momentum",
    slots: velocity ? ["square", "any"] : ["square"],
    step: (backend, entries, guard) =>
      backend.rmsPropStep(
        entries.map(({ slots, ...entry }): RmsPropEntry => ({
          ...entry,
          square: slots[0]!,
          velocity: slots[1] ?? null,
          alpha,
          epsilon,
          momentum,
        })),
        guard,
      ),
    update: ({ value, g, slots }, learningRate) => {
      const square = slots[0]!.times(alpha).plus(g.times(g).times(1 - alpha));
      const pull = g.over(square.squareRoot().plus(epsilon));
      const v = velocity ? slots[1]!.times(momentum).plus(pull) : pull;
      return {
        value: value.minus(v.times(learningRate)),
        slots: velocity ? [square, v] : [square],
      };
    },
  };
}

function adagrad({ epsilon }: { epsilon: number }): Rule {
  return {
    name: `epsilon ${epsilon}`,
    slots: ["square"],
    step: (backend, entries, guard) =>
      backend.adagradStep(
        entries.map(({ slots, ...entry }): AdagradEntry => ({
          ...entry,
          square: slots[0]!,
          epsilon,
        })),
        guard,
      ),
    update: ({ value, g, slots }, learningRate) => {
      const square = slots[0]!.plus(g.times(g));
      const pull = g.times(learningRate).over(square.squareRoot().plus(epsilon));
      return { value: value.minus(pull), slots: [square] };
    },
  };
}

/** The tests that all optimizers share. */
function stepTests(test: Test, rules: readonly Rule[]): void {
  for (const rule of rules) {
    test(`rounds no more than its formula with every decay and clip: ${rule.name}`, async (backend) => {
      const stream = random(2);
      const parameters = shapes.map((shape) => parameterOf(rule, stream, shape));
      const norms = await normsOf(parameters);
      await Promise.all(rates.flatMap((rate) =>
        clips.map((clip) =>
          assertFollows(
            backend,
            trialOf(rule, { parameters, norms, rates: parameters.map(() => rate), clip }),
            (u) =>
              formulaOf(rule, { parameters, norms, rates: parameters.map(() => rate), clip, u }),
          )
        )
      ));
    });
  }
  const rule = rules.at(-1)!;

  test("steps forty parameters, each at its own rate", async (backend) => {
    const stream = random(3);
    const parameters = Array.from(
      { length: 40 },
      (_, i) => parameterOf(rule, stream, [1 + 3 * i]),
    );
    const norms = await normsOf(parameters);
    const own = parameters.map((_, i): Rate => ({
      ...rates[i % rates.length]!,
      learningRate: 2 ** -(i % 8),
    }));
    const clip = { clipEach: 4, clipGlobal: 50 };
    await assertFollows(
      backend,
      trialOf(rule, { parameters, norms, rates: own, clip }),
      (u) => formulaOf(rule, { parameters, norms, rates: own, clip, u }),
    );
  });

  const assertUntouched = async (
    backend: Backend,
    norms: readonly number[],
    flags: { readonly before: readonly number[]; readonly after: readonly number[] },
  ) => {
    const stream = random(4);
    const parameters = shapes.map((shape) => parameterOf(rule, stream, shape));
    for (const clip of [clips[0]!, clips[3]!]) {
      const trial = trialOf(rule, {
        parameters,
        norms: floats(norms),
        rates: parameters.map(() => rates[2]!),
        clip,
        flag: flags.before,
        step: 7,
      });
      const after = await runTrial(backend, trial);
      assertEquals(Array.from(after.flag!), flags.after);
      for (const [name, before] of Object.entries(trial.outputs)) {
        if (name !== "flag") assertSame(after[name]!, before.values, name);
      }
    }
  };
  test("leaves everything as it is where a norm is not finite, and says where and when", async (backend) => {
    const before = [0, 0];
    for (const bad of [NaN, Infinity]) {
      await assertUntouched(backend, [bad, 1, 1, bad], { before, after: [1, 7] });
      await assertUntouched(backend, [1, bad, 1, bad], { before, after: [2, 7] });
      await assertUntouched(backend, [1, 1, bad, bad], { before, after: [3, 7] });
      await assertUntouched(backend, [1, bad, bad, bad], { before, after: [2, 7] });
    }
  });
  test("names the last parameter where the norm of all is too large alone", async (backend) => {
    await assertUntouched(backend, [3e38, 3e38, 3e38, Infinity], { before: [0, 0], after: [3, 7] });
  });
  test("does nothing once the flag is set, and keeps it", async (backend) => {
    const flags = { before: [2, 5], after: [2, 5] };
    await assertUntouched(backend, [1, 1, 1, 2], flags);
    await assertUntouched(backend, [NaN, 1, 1, NaN], flags);
  });
  test("stops at a NaN among the gradients, and at every later step", async (backend) => {
    const stream = random(5);
    const parameters = shapes.map((shape) => parameterOf(rule, stream, shape));
    const bad = floats(parameters[1]!.gradient.values.map(() => NaN), shapes[1]!);
    const given = { parameters, rates: parameters.map(() => rates[1]!), clip: clips[3]! };
    const { call: _, ...trial } = trialOf(rule, { ...given, norms: blank([4]) });
    const after = await runTrial(backend, {
      inputs: { ...trial.inputs, bad },
      outputs: { ...trial.outputs, own: blank([4]) },
      call: (backend, operands: Readonly<Record<string, Operand>>) => {
        const gradients = parameters.map((_, i) => operands[`gradient ${i}`]!);
        const withBad = gradients.map((gradient, i) => i === 1 ? operands.bad! : gradient);
        for (const [step, list] of [withBad, gradients].entries()) {
          backend.gradientNorms(list, operands.own!);
          const entries = entriesOf(rule, operands, given.rates)
            .map((entry, i) => ({ ...entry, gradient: list[i]! }));
          rule.step(backend, entries, {
            ...given.clip,
            norms: operands.own!,
            flag: operands.flag!,
            step: step + 11,
          });
        }
      },
    } as Trial<string, string>);
    assertEquals(Array.from(after.flag!), [2, 11]);
    for (const [name, before] of Object.entries(trial.outputs)) {
      if (name !== "flag") assertSame(after[name]!, before.values, name);
    }
    assert(Array.from(after.own!).every(Number.isFinite), "the second step's norms");
  });
}

interface Step {
  readonly parameters: readonly Parameter[];
  readonly norms: Numbers;
  readonly rates: readonly Rate[];
  readonly clip: Clip;
}

/** A trial of one step, whose outputs are `value 0`, `slot 0 0` … and `flag`. */
function trialOf(
  rule: Rule,
  { parameters, norms, rates, clip, flag = [0, 0], step = 0 }: Step & {
    readonly flag?: readonly number[];
    readonly step?: number;
  },
): Trial<string, string> {
  const inputs: Record<string, Numbers> = { norms };
  const outputs: Record<string, Numbers> = { flag: integers(flag) };
  parameters.forEach((parameter, i) => {
    inputs[`gradient ${i}`] = parameter.gradient;
    outputs[`value ${i}`] = parameter.value;
    parameter.slots.forEach((slot, s) => outputs[`slot ${i} ${s}`] = slot);
  });
  return {
    inputs,
    outputs,
    call: (backend, operands) =>
      rule.step(backend, entriesOf(rule, operands, rates), {
        ...clip,
        norms: operands.norms!,
        flag: operands.flag!,
        step,
      }),
  };
}

function entriesOf(
  rule: Rule,
  operands: Readonly<Record<string, Operand>>,
  rates: readonly Rate[],
): Parameters<Rule["step"]>[1] {
  return rates.map((rate, i) => ({
    ...rate,
    value: operands[`value ${i}`]!,
    gradient: operands[`gradient ${i}`]!,
    slots: rule.slots.map((_, s) => operands[`slot ${i} ${s}`]!),
  }));
}

function formulaOf(
  rule: Rule,
  { parameters, norms, rates, clip, u }: Step & { readonly u: number },
): Record<string, Rough[]> {
  const norm = (i: number) => new Rough(norms.values[i]!, { u });
  const scale = (limit: number | null, norm: Rough) =>
    limit === null || norm.value <= limit
      ? norm.exactly(1)
      : norm.exactly(1).times(limit).over(norm);
  const after: Record<string, Rough[]> = {};
  parameters.forEach((parameter, i) => {
    const { learningRate, weightDecay, decoupled } = rates[i]!;
    const clipping = scale(clip.clipEach, norm(i))
      .times(scale(clip.clipGlobal, norm(parameters.length)))
      .times(clip.gradientScale ?? 1);
    const stepped = Array.from(parameter.value.values, (number, at) => {
      const value = new Rough(number, { u });
      const clipped = new Rough(parameter.gradient.values[at]!, { u }).times(clipping);
      return rule.update({
        value: decoupled ? value.times(1 - learningRate * weightDecay) : value,
        g: decoupled || weightDecay === 0 ? clipped : clipped.plus(value.times(weightDecay)),
        slots: parameter.slots.map(({ values }) => new Rough(values[at]!, { u })),
      }, learningRate);
    });
    after[`value ${i}`] = stepped.map(({ value }) => value);
    rule.slots.forEach((_, s) => {
      after[`slot ${i} ${s}`] = stepped.map(({ slots }) => slots[s]!);
    });
  });
  return after;
}

function parameterOf(rule: Rule, stream: Random, shape: Shape): Parameter {
  return {
    value: normals(stream, shape),
    gradient: normals(stream, shape),
    slots: rule.slots.map((kind) =>
      kind === "any" ? normals(stream, shape) : uniforms(stream, shape, { low: 0, high: 2 })
    ),
  };
}

async function normsOf(parameters: readonly Parameter[]): Promise<Numbers> {
  const { norms } = await runTrial(reference({ dtype: "float64" }), {
    inputs: Object.fromEntries(parameters.map(({ gradient }, i) => [`${i}`, gradient])),
    outputs: { norms: blank([parameters.length + 1]) },
    call: (backend, operands: Readonly<Record<string, Operand>>) =>
      backend.gradientNorms(parameters.map((_, i) => operands[`${i}`]!), operands.norms!),
  } as Trial<string, "norms">);
  return floats(norms);
}

/** One step of one parameter by hand, without decay and clipping. */
async function assertStep(
  backend: Backend,
  rule: Rule,
  given: {
    readonly value: number[];
    readonly gradient: number[];
    readonly slots: number[][];
    readonly learningRate: number;
    readonly expected: { readonly value: number[]; readonly slots: number[][] };
  },
): Promise<void> {
  const { value, gradient, slots, learningRate, expected } = given;
  await assertGives(
    backend,
    trialOf(rule, {
      parameters: [{
        value: floats(value),
        gradient: floats(gradient),
        slots: slots.map((slot) => floats(slot)),
      }],
      norms: floats([1, 1]),
      rates: [{ learningRate, weightDecay: 0, decoupled: false }],
      clip: clips[0]!,
    }),
    {
      "value 0": expected.value,
      flag: [0, 0],
      ...Object.fromEntries(expected.slots.map((slot, s) => [`slot 0 ${s}`, slot])),
    },
    { units: 40 },
  );
}
