import type {
  AdagradEntry,
  AdamEntry,
  Operand,
  RmsPropEntry,
  SgdEntry,
  StepEntry,
  StepGuard,
} from "../backend.ts";
import { sizeOf } from "../shape.ts";
import { valuesOf } from "./storage.ts";

export function gradientNorms(gradients: readonly Operand[], out: Operand): void {
  const norms = valuesOf(out);
  let all = 0;
  gradients.forEach((gradient, place) => {
    const values = valuesOf(gradient);
    const size = sizeOf(gradient.shape);
    let sum = 0;
    for (let i = 0; i < size; i++) sum += values[i]! * values[i]!;
    norms[place] = Math.sqrt(sum);
    all += sum;
  });
  norms[gradients.length] = Math.sqrt(all);
}

export function sgdStep(entries: readonly SgdEntry[], guard: StepGuard): void {
  forEachEntry(entries, guard, (entry, i, g) => {
    const { learningRate, momentum, dampening } = entry;
    const value = valuesOf(entry.value);
    if (entry.velocity === null) {
      value[i]! -= learningRate * g;
      return;
    }
    const velocity = valuesOf(entry.velocity);
    const pull = (1 - dampening) * g * (entry.rateInVelocity ? learningRate : 1);
    const v = momentum * velocity[i]! + pull;
    velocity[i] = v;
    const ahead = entry.nesterov ? momentum * v + (entry.rateInVelocity ? learningRate : 1) * g : v;
    value[i]! -= entry.rateInVelocity ? ahead : learningRate * ahead;
  });
}

export function adamStep(entries: readonly AdamEntry[], guard: StepGuard): void {
  forEachEntry(entries, guard, (entry, i, g) => {
    const { beta1, beta2, learningRate, epsilon, correction1, correction2 } = entry;
    const [value, mean, variance] = [
      valuesOf(entry.value),
      valuesOf(entry.mean),
      valuesOf(entry.variance),
    ];
    const m = beta1 * mean[i]! + (1 - beta1) * g;
    const v = beta2 * variance[i]! + (1 - beta2) * g * g;
    mean[i] = m;
    variance[i] = v;
    value[i]! -= learningRate * (m / correction1) / (Math.sqrt(v / correction2) + epsilon);
  });
}

export function rmsPropStep(entries: readonly RmsPropEntry[], guard: StepGuard): void {
  forEachEntry(entries, guard, (entry, i, g) => {
    const { alpha, epsilon, momentum, learningRate } = entry;
    const [value, square] = [valuesOf(entry.value), valuesOf(entry.square)];
    const s = alpha * square[i]! + (1 - alpha) * g * g;
    square[i] = s;
    let v = g / (Math.sqrt(s) + epsilon);
    if (entry.velocity !== null) {
      const velocity = valuesOf(entry.velocity);
      v += momentum * velocity[i]!;
      velocity[i] = v;
    }
    value[i]! -= learningRate * v;
  });
}

export function adagradStep(entries: readonly AdagradEntry[], guard: StepGuard): void {
  forEachEntry(entries, guard, (entry, i, g) => {
    const [value, square] = [valuesOf(entry.value), valuesOf(entry.square)];
    const s = square[i]! + g * g;
    square[i] = s;
    value[i]! -= entry.learningRate * g / (Math.sqrt(s) + entry.epsilon);
  });
}

/** Calls `update` with each number's gradient, clipped and decayed, unless a gradient is not finite. */
function forEachEntry<Entry extends StepEntry>(
  entries: readonly Entry[],
  guard: StepGuard,
  update: (entry: Entry, i: number, g: number) => void,
): void {
  if (isStopped(entries.length, guard)) return;
  const norms = valuesOf(guard.norms);
  const { gradientScale = 1 } = guard;
  const globalScale = gradientScale * clipScale(guard.clipGlobal, norms[entries.length]!);
  entries.forEach((entry, place) => {
    const scale = globalScale * clipScale(guard.clipEach, norms[place]!);
    const [value, gradient] = [valuesOf(entry.value), valuesOf(entry.gradient)];
    const size = sizeOf(entry.value.shape);
    const { weightDecay, decoupled, learningRate } = entry;
    for (let i = 0; i < size; i++) {
      let g = gradient[i]! * scale;
      if (weightDecay !== 0) {
        if (decoupled) value[i]! *= 1 - learningRate * weightDecay;
        else g += weightDecay * value[i]!;
      }
      update(entry, i, g);
    }
  });
}

function clipScale(clip: number | null, norm: number): number {
  return clip === null || norm <= clip ? 1 : clip / norm;
}

/** Whether a gradient is or was not finite; the first to be so is written to the flag. */
function isStopped(entries: number, guard: StepGuard): boolean {
  const [norms, flag] = [valuesOf(guard.norms), valuesOf(guard.flag)];
  if (flag[0] !== 0) return true;
  if (Number.isFinite(norms[entries])) return false;
  let place = 0;
  // Where only the sum overflowed, the last one is named.
  while (place < entries - 1 && Number.isFinite(norms[place])) place++;
  flag[0] = place + 1;
  flag[1] = guard.step;
  return true;
}
