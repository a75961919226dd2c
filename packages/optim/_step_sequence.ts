import {
  type Backend,
  BatchBuffer,
  type Operand,
  type StepEntry,
  type StepGuard,
  Tensor,
} from "@gradus/tensor";
import { checkNotNegative, checkPositive } from "./_check_number.ts";
import { checkParameters } from "./_check_parameters.ts";
import { checkState } from "./_check_state.ts";
import type { OptimizedParameter, ParameterGroup } from "./optimized_parameter.ts";
import type { OptimizerOptions, OptimizerSlot, OptimizerState } from "./optimizer.ts";
import type { Schedule } from "./schedule.ts";

/**
 * A record of a backend's step that is filled in anew before each one, so that a step allocates
 * nothing.
 */
export type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** What distinguishes one optimizer from another. */
export interface Method<Entry extends StepEntry, Group extends ParameterGroup = ParameterGroup> {
  /** What its saved state is called. */
  readonly kind: string;
  /**
   * Completes a parameter's entry; `slot` allocates state of the parameter's shape. The group is null where
   * parameters are given without groups.
   */
  entry(
    start: StepEntry,
    of: {
      readonly parameter: OptimizedParameter;
      readonly group: Group | null;
      readonly slot: (name: string) => Tensor;
    },
  ): Mutable<Entry>;
  /** Fills in what depends on the entry's rate, and on how many steps changed the parameter before. */
  prepare?(entry: Mutable<Entry>, updates: number): void;
  /** Queues the step. */
  run(backend: Backend, entries: readonly Entry[], guard: StepGuard): void;
}

/** {@linkcode OptimizerOptions} with their defaults. */
export interface StepSettings extends OptimizerOptions {
  readonly learningRate: number | Schedule;
  /** Whether decay bypasses the gradient. */
  readonly decoupled?: boolean;
}

interface GroupRate {
  readonly schedule: Schedule;
  /** Of the step that is being taken. */
  now: number;
}

interface Member<Entry> {
  readonly parameter: OptimizedParameter;
  readonly rate: GroupRate;
  readonly entry: Mutable<Entry>;
  /** How many steps changed it. */
  updates: number;
  /** Whether it is among the members that steps change now. */
  isActive: boolean;
}

/** The steps of an optimizer: everything but the formula. */
export class StepSequence<
  Entry extends StepEntry,
  Group extends ParameterGroup = ParameterGroup,
> {
  readonly slots: readonly OptimizerSlot[];
  readonly flag: Tensor;
  readonly #method: Method<Entry, Group>;
  readonly #backend: Backend;
  readonly #rates: readonly GroupRate[];
  readonly #members: readonly Member<Entry>[];
  readonly #guard: Mutable<StepGuard>;
  readonly #norms: BatchBuffer;
  #active: readonly Member<Entry>[] = [];
  #entries: readonly Entry[] = [];
  #gradients: readonly Operand[] = [];
  // The flag counts among the parameters of its step, and may be read when others are active.
  #rosters: { readonly firstStep: number; readonly active: readonly Member<Entry>[] }[] = [];
  #steps = 0;

  constructor(
    method: Method<Entry, Group>,
    parameters: readonly OptimizedParameter[] | readonly Group[],
    settings: StepSettings,
  ) {
    const own = isGroups(parameters) ? parameters : null;
    const groups: readonly ParameterGroup[] = own ??
      [{ parameters: parameters as readonly OptimizedParameter[] }];
    this.#backend = checkParameters(groups.flatMap((group) => group.parameters));
    checkClipping(settings);
    const { lossScale = 1 } = settings;
    checkPositive("optimize as lossScale", lossScale);
    const slots: OptimizerSlot[] = [];
    const members: Member<Entry>[] = [];
    this.#rates = groups.map((options, place) => {
      const { learningRate = settings.learningRate, weightDecay = settings.weightDecay ?? 0 } =
        options;
      checkNotNegative("optimize as weightDecay", weightDecay);
      const rate: GroupRate = { schedule: asSchedule(learningRate), now: 0 };
      for (const parameter of options.parameters) {
        const { value, gradient } = parameter;
        const start: StepEntry = {
          value,
          gradient,
          learningRate: 0,
          weightDecay,
          decoupled: settings.decoupled ?? false,
        };
        const slot = (slotName: string) => {
          const name = `${parameter.name}.${slotName}`;
          const tensor = new Tensor(value.backend, value.shape, { purpose: name });
          slots.push({ name, value: tensor });
          return tensor;
        };
        const entry = method.entry(start, { parameter, group: own?.[place] ?? null, slot });
        members.push({ parameter, rate, entry, updates: 0, isActive: false });
      }
      return rate;
    });
    this.slots = slots;
    this.#members = members;
    this.#method = method;
    this.flag = new Tensor(this.#backend, [2], { dtype: "int32", purpose: "an optimizer's flag" });
    this.#norms = new BatchBuffer(this.#backend, { purpose: "norms of gradients" });
    this.#guard = {
      norms: this.#norms.take([members.length + 1]),
      // Norms are those of the gradients of the scaled loss.
      clipEach: settings.clipParameterNorm === undefined
        ? null
        : settings.clipParameterNorm * lossScale,
      clipGlobal: settings.clipNorm === undefined ? null : settings.clipNorm * lossScale,
      gradientScale: 1 / lossScale,
      flag: this.flag,
      step: 0,
    };
  }

  get steps(): number {
    return this.#steps;
  }

  get learningRate(): number {
    return this.#rateOf(this.#rates[0]!);
  }

  step(): void {
    for (const rate of this.#rates) rate.now = this.#rateOf(rate);
    this.#enlist();
    for (const member of this.#active) {
      member.entry.learningRate = member.rate.now;
      this.#method.prepare?.(member.entry, member.updates);
      member.updates++;
    }
    this.#guard.step = this.#steps;
    this.#backend.gradientNorms(this.#gradients, this.#guard.norms);
    this.#method.run(this.#backend, this.#entries, this.#guard);
    this.#steps++;
  }

  check(flagValues: ArrayLike<number>): void {
    const [place, step] = [flagValues[0]!, flagValues[1]!];
    if (place === 0) return;
    const roster = this.#rosters.findLast(({ firstStep }) => firstStep <= step)!;
    throw new RangeError(
      `Cannot update ${
        roster.active[place - 1]!.parameter.name
      } at step ${step} as its gradient must be finite: found NaN or Infinity`,
    );
  }

  save(): OptimizerState {
    return {
      kind: this.#method.kind,
      steps: this.#steps,
      parameters: this.#members.map(({ parameter, updates }) => ({
        name: parameter.name,
        updates,
      })),
      slots: this.slots.map(({ name, value }) => ({ name, shape: [...value.shape] })),
    };
  }

  restore(state: OptimizerState): void {
    checkState(state, this.save());
    this.#steps = state.steps;
    this.#members.forEach((member, i) => {
      member.updates = state.parameters[i]!.updates;
      member.isActive = false;
    });
    this.#active = [];
    this.#rosters = [];
    this.flag.set([0, 0]);
  }

  #rateOf({ schedule }: GroupRate): number {
    const rate = schedule(this.#steps);
    checkNotNegative(`take step ${this.#steps} as its learning rate`, rate);
    return rate;
  }

  /** Brings the active members up to date with what is trainable. */
  #enlist(): void {
    let isSame = this.#active.length > 0;
    for (const member of this.#members) isSame &&= member.isActive === member.parameter.trainable;
    if (isSame) return;
    const active = this.#members.filter((member) => member.parameter.trainable);
    if (active.length === 0) {
      throw new Error(
        `Cannot take step ${this.#steps} as at least one parameter must be trainable: found none of ${this.#members.length}`,
      );
    }
    for (const member of this.#members) member.isActive = member.parameter.trainable;
    this.#active = active;
    this.#entries = active.map((member) => member.entry);
    this.#gradients = active.map((member) => member.parameter.gradient);
    this.#guard.norms = this.#norms.take([active.length + 1]);
    this.#rosters.push({ firstStep: this.#steps, active });
  }
}

function isGroups<Group extends ParameterGroup>(
  parameters: readonly OptimizedParameter[] | readonly Group[],
): parameters is readonly Group[] {
  return parameters.length > 0 && "parameters" in parameters[0]!;
}

function asSchedule(learningRate: number | Schedule): Schedule {
  if (typeof learningRate === "function") return learningRate;
  checkNotNegative("optimize as the learning rate", learningRate);
  return () => learningRate;
}

function checkClipping({ clipNorm, clipParameterNorm }: StepSettings): void {
  if (clipNorm !== undefined) checkPositive("optimize as clipNorm", clipNorm);
  if (clipParameterNorm !== undefined) {
    checkPositive("optimize as clipParameterNorm", clipParameterNorm);
  }
  if (clipNorm !== undefined && clipParameterNorm !== undefined) {
    throw new TypeError(
      "Cannot optimize as either clipNorm or clipParameterNorm may be given: found both",
    );
  }
}
