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
import type { Machine } from "../machine.ts";
import { partBounds } from "../parts.ts";
import { addressOf } from "../storage.ts";

export function gradientNorms(
  machine: Machine,
  gradients: readonly Operand[],
  out: Operand,
): void {
  const { heap, threads } = machine;
  const kernel = machine.kernels.reductions.sumOfSquares;
  // A float64 for each part of each gradient.
  const rowBytes = 8 * threads.count;
  const sums = machine.scratch(
    0,
    gradients.length * rowBytes,
    "the partial norms of gradients",
  );
  for (let place = 0; place < gradients.length; place++) {
    const gradient = gradients[place]!;
    const [from, size, to] = [addressOf(gradient), sizeOf(gradient.shape), sums + place * rowBytes];
    const parts = machine.partsFor(size);
    for (let part = parts - 1; part >= 0; part--) {
      const first = partBounds(part, parts, size);
      const count = partBounds(part + 1, parts, size) - first;
      threads.call(part, kernel, from + 4 * first, count, to + 8 * part);
    }
  }
  threads.join();
  const norms = addressOf(out) / 4;
  let all = 0;
  for (let place = 0; place < gradients.length; place++) {
    const first = (sums + place * rowBytes) / 8;
    let sum = 0;
    for (let part = 0; part < machine.partsFor(sizeOf(gradients[place]!.shape)); part++) {
      sum += heap.doubles[first + part]!;
    }
    heap.floats[norms + place] = Math.sqrt(sum);
    all += sum;
  }
  heap.floats[norms + gradients.length] = Math.sqrt(all);
}

/** What all steps of an entry begin with; see `COMMON` of the kernels. */
interface Common {
  readonly value: number;
  readonly gradient: number;
  readonly size: number;
  readonly scale: number;
  /** Coupled weight decay: a part of the gradient. */
  readonly decay: number;
  /** Decoupled weight decay: a factor of the value. */
  readonly shrink: number;
  readonly rate: number;
}

export function sgdStep(machine: Machine, entries: readonly SgdEntry[], guard: StepGuard): void {
  const kernel = machine.kernels.steps.sgd;
  forEachEntry(machine, { entries, guard }, (entry, part, c) => {
    const { velocity, momentum, dampening, nesterov, rateInVelocity } = entry;
    const unit = rateInVelocity ? c.rate : 1;
    machine.threads.call(
      part,
      kernel,
      c.value,
      c.gradient,
      c.size,
      c.scale,
      c.decay,
      c.shrink,
      velocity !== null && rateInVelocity ? 1 : c.rate,
      velocity === null ? 0 : addressOf(velocity) + offsetOf(entry, c),
      momentum,
      (1 - dampening) * unit,
      nesterov ? momentum : 1,
      nesterov ? unit : 0,
    );
  });
}

export function adamStep(machine: Machine, entries: readonly AdamEntry[], guard: StepGuard): void {
  const kernel = machine.kernels.steps.adam;
  forEachEntry(machine, { entries, guard }, (entry, part, c) => {
    const { beta1, beta2 } = entry;
    const offset = offsetOf(entry, c);
    machine.threads.call(
      part,
      kernel,
      c.value,
      c.gradient,
      c.size,
      c.scale,
      c.decay,
      c.shrink,
      c.rate,
      addressOf(entry.mean) + offset,
      addressOf(entry.variance) + offset,
      beta1,
      1 - beta1,
      beta2,
      1 - beta2,
      entry.correction1,
      entry.correction2,
      entry.epsilon,
    );
  });
}

export function rmsPropStep(
  machine: Machine,
  entries: readonly RmsPropEntry[],
  guard: StepGuard,
): void {
  const kernel = machine.kernels.steps.rmsProp;
  forEachEntry(machine, { entries, guard }, (entry, part, c) => {
    const offset = offsetOf(entry, c);
    machine.threads.call(
      part,
      kernel,
      c.value,
      c.gradient,
      c.size,
      c.scale,
      c.decay,
      c.shrink,
      c.rate,
      addressOf(entry.square) + offset,
      entry.velocity === null ? 0 : addressOf(entry.velocity) + offset,
      entry.alpha,
      1 - entry.alpha,
      entry.epsilon,
      entry.momentum,
    );
  });
}

export function adagradStep(
  machine: Machine,
  entries: readonly AdagradEntry[],
  guard: StepGuard,
): void {
  const kernel = machine.kernels.steps.adagrad;
  forEachEntry(machine, { entries, guard }, (entry, part, c) => {
    machine.threads.call(
      part,
      kernel,
      c.value,
      c.gradient,
      c.size,
      c.scale,
      c.decay,
      c.shrink,
      c.rate,
      addressOf(entry.square) + offsetOf(entry, c),
      entry.epsilon,
    );
  });
}

/** Where a part begins in its parameter, in bytes; its slots begin there too. */
function offsetOf(entry: StepEntry, { value }: Common): number {
  return value - addressOf(entry.value);
}

/** Visits the parts of all entries, unless a gradient is not finite. */
function forEachEntry<Entry extends StepEntry>(
  machine: Machine,
  { entries, guard }: { entries: readonly Entry[]; guard: StepGuard },
  update: (entry: Entry, part: number, common: Common) => void,
): void {
  if (isStopped(machine, entries.length, guard)) return;
  const norms = addressOf(guard.norms) / 4;
  const { floats } = machine.heap;
  const { gradientScale = 1 } = guard;
  const globalScale = gradientScale *
    clipScale(guard.clipGlobal, floats[norms + entries.length]!);
  for (let place = 0; place < entries.length; place++) {
    const entry = entries[place]!;
    const { weightDecay, decoupled, learningRate } = entry;
    const scale = globalScale * clipScale(guard.clipEach, floats[norms + place]!);
    const decay = decoupled ? 0 : weightDecay;
    const shrink = decoupled ? 1 - learningRate * weightDecay : 1;
    const [value, gradient] = [addressOf(entry.value), addressOf(entry.gradient)];
    const size = sizeOf(entry.value.shape);
    const parts = machine.partsFor(size);
    for (let part = parts - 1; part >= 0; part--) {
      const first = partBounds(part, parts, size);
      update(entry, part, {
        value: value + 4 * first,
        gradient: gradient + 4 * first,
        size: partBounds(part + 1, parts, size) - first,
        scale,
        decay,
        shrink,
        rate: learningRate,
      });
    }
  }
  machine.threads.join();
}

function clipScale(clip: number | null, norm: number): number {
  return clip === null || norm <= clip ? 1 : clip / norm;
}

/** Whether a gradient is or was not finite; the first to be so is written to the flag. */
function isStopped({ heap }: Machine, entries: number, guard: StepGuard): boolean {
  const [norms, flag] = [addressOf(guard.norms) / 4, addressOf(guard.flag) / 4];
  if (heap.ints[flag] !== 0) return true;
  if (Number.isFinite(heap.floats[norms + entries])) return false;
  let place = 0;
  // Where only the sum overflowed, the last one is named.
  while (place < entries - 1 && Number.isFinite(heap.floats[norms + place])) place++;
  heap.ints[flag] = place + 1;
  heap.ints[flag + 1] = guard.step;
  return true;
}
