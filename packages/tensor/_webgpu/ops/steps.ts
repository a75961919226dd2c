import type {
  AdagradEntry,
  AdamEntry,
  Operand,
  RmsPropEntry,
  SgdEntry,
  StepEntry,
  StepGuard,
} from "../../backend.ts";
import { sizeOf } from "../../shape.ts";
import { normsRun, squaresRun } from "../kernels/gradient_norms.ts";
import { GUARD_ARRAYS, optimizerStepRun, type StepRule } from "../kernels/optimizer_step.ts";
import { shareOf } from "../kernels/shares.ts";
import { adagradRule, adamRule, rmsPropRule, sgdRule } from "../kernels/step_rules.ts";
import type { Machine } from "../machine.ts";

/** Slot of the sums of squares. */
const SLOT = 0;

export function gradientNorms(
  machine: Machine,
  gradients: readonly Operand[],
  out: Operand,
): void {
  const shares = gradients.map(({ shape }) => shareOf(sizeOf(shape)));
  let end = 0;
  const ends = shares.map(({ workgroups }) => end += workgroups);
  const squares = machine.workspace(SLOT, end);
  const together = machine.device.limits.maxStorageBuffersPerShaderStage - 1;
  for (let at = 0; at < gradients.length; at += together) {
    machine.run(
      squaresRun(gradients.slice(at, at + together), shares.slice(at, at + together), {
        out: squares,
        first: ends[at - 1] ?? 0,
      }),
    );
  }
  machine.run(normsRun({ squares, ends, norms: out }));
}

export function sgdStep(machine: Machine, entries: readonly SgdEntry[], guard: StepGuard): void {
  step(machine, sgdRule, { entries, guard });
}

export function adamStep(machine: Machine, entries: readonly AdamEntry[], guard: StepGuard): void {
  step(machine, adamRule, { entries, guard });
}

export function rmsPropStep(
  machine: Machine,
  entries: readonly RmsPropEntry[],
  guard: StepGuard,
): void {
  step(machine, rmsPropRule, { entries, guard });
}

export function adagradStep(
  machine: Machine,
  entries: readonly AdagradEntry[],
  guard: StepGuard,
): void {
  step(machine, adagradRule, { entries, guard });
}

/** Moves all parameters: as many in one dispatch as the device binds arrays for. */
function step<Entry extends StepEntry>(
  machine: Machine,
  rule: StepRule<Entry>,
  { entries, guard }: { readonly entries: readonly Entry[]; readonly guard: StepGuard },
): void {
  const arraysOf = (entry: Entry) => 2 + rule.slots(entry).length;
  const limit = machine.device.limits.maxStorageBuffersPerShaderStage - GUARD_ARRAYS;
  let first = 0;
  while (first < entries.length) {
    let end = first;
    let arrays = 0;
    while (end < entries.length && arrays + arraysOf(entries[end]!) <= limit) {
      arrays += arraysOf(entries[end]!);
      end++;
    }
    const together = entries.slice(first, end);
    machine.run(optimizerStepRun(rule, {
      entries: together,
      shares: together.map(({ value }) => shareOf(sizeOf(value.shape))),
      ...{ guard, first, count: entries.length },
    }));
    first = end;
  }
}
