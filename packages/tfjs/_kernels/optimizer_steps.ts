import type {
  AdagradEntry,
  AdamEntry,
  Operand,
  RmsPropEntry,
  SgdEntry,
  StepEntry,
  StepGuard,
} from "@gradus/tensor";
import { load, type Stores } from "../_storage.ts";
import type { TensorFlow, TfTensor } from "../_tensorflow.ts";
import { where } from "./where.ts";

/** L2 norm of each gradient, then that of all, `[gradients + 1]`. */
export function gradientNorms(tf: TensorFlow, gradients: readonly TfTensor[]): TfTensor {
  const squares = tf.stack(gradients.map((gradient) => tf.sum(tf.square(gradient))));
  return tf.sqrt(tf.concat([squares, tf.reshape(tf.sum(squares), [1])]));
}

export function sgdStep(
  tf: TensorFlow,
  entries: readonly SgdEntry[],
  guard: StepGuard,
): Stores {
  return step(tf, entries, guard, (entry, { value, g }) => {
    const { learningRate, momentum, dampening, nesterov, rateInVelocity, velocity } = entry;
    if (velocity === null) return [[entry.value, tf.sub(value, tf.mul(g, learningRate))]];
    const [inside, outside] = rateInVelocity ? [learningRate, 1] : [1, learningRate];
    const pull = tf.mul(g, (1 - dampening) * inside);
    const v = tf.add(tf.mul(load(tf, velocity), momentum), pull);
    const ahead = nesterov ? tf.add(tf.mul(v, momentum), tf.mul(g, inside)) : v;
    return [[velocity, v], [entry.value, tf.sub(value, tf.mul(ahead, outside))]];
  });
}

export function adamStep(
  tf: TensorFlow,
  entries: readonly AdamEntry[],
  guard: StepGuard,
): Stores {
  return step(tf, entries, guard, (entry, { value, g }) => {
    const { beta1, beta2, learningRate, epsilon, correction1, correction2 } = entry;
    const m = tf.add(tf.mul(load(tf, entry.mean), beta1), tf.mul(g, 1 - beta1));
    const v = tf.add(tf.mul(load(tf, entry.variance), beta2), tf.mul(tf.square(g), 1 - beta2));
    const root = tf.add(tf.sqrt(tf.div(v, correction2)), epsilon);
    const pull = tf.div(tf.mul(m, learningRate / correction1), root);
    return [[entry.mean, m], [entry.variance, v], [entry.value, tf.sub(value, pull)]];
  });
}

export function rmsPropStep(
  tf: TensorFlow,
  entries: readonly RmsPropEntry[],
  guard: StepGuard,
): Stores {
  return step(tf, entries, guard, (entry, { value, g }) => {
    const { alpha, epsilon, momentum, learningRate, velocity } = entry;
    const s = tf.add(tf.mul(load(tf, entry.square), alpha), tf.mul(tf.square(g), 1 - alpha));
    const pull = tf.div(g, tf.add(tf.sqrt(s), epsilon));
    const v = velocity === null ? pull : tf.add(tf.mul(load(tf, velocity), momentum), pull);
    return [
      [entry.square, s],
      ...(velocity === null ? [] : [[velocity, v] as const]),
      [entry.value, tf.sub(value, tf.mul(v, learningRate))],
    ];
  });
}

export function adagradStep(
  tf: TensorFlow,
  entries: readonly AdagradEntry[],
  guard: StepGuard,
): Stores {
  return step(tf, entries, guard, (entry, { value, g }) => {
    const s = tf.add(load(tf, entry.square), tf.square(g));
    const pull = tf.div(tf.mul(g, entry.learningRate), tf.add(tf.sqrt(s), entry.epsilon));
    return [[entry.square, s], [entry.value, tf.sub(value, pull)]];
  });
}

/**
 * What `update` makes of each parameter and its clipped and decayed gradient `g`; everything as it was,
 * and where and when in the flag, if a gradient is not finite.
 */
function step<Entry extends StepEntry>(
  tf: TensorFlow,
  entries: readonly Entry[],
  guard: StepGuard,
  update: (entry: Entry, numbers: { value: TfTensor; g: TfTensor }) => Stores,
): Stores {
  const [norms, flag] = [load(tf, guard.norms), load(tf, guard.flag)];
  const normOf = (place: number) => tf.reshape(tf.slice(norms, place, 1), []);
  const normOfAll = normOf(entries.length);
  const isFinite = tf.isFinite(normOfAll);
  const wasFinite = tf.reshape(tf.equal(tf.slice(flag, 0, 1), tf.scalar(0, "int32")), []);
  const isTaken = tf.logicalAnd(isFinite, wasFinite);
  const clipAll = tf.mul(clipScale(tf, guard.clipGlobal, normOfAll), guard.gradientScale ?? 1);
  const stores = entries.flatMap((entry, place) => {
    const { learningRate, weightDecay, decoupled } = entry;
    let value = load(tf, entry.value);
    const clip = tf.mul(clipAll, clipScale(tf, guard.clipEach, normOf(place)));
    let g: TfTensor = tf.mul(load(tf, entry.gradient), clip);
    if (weightDecay !== 0 && !decoupled) g = tf.add(g, tf.mul(value, weightDecay));
    if (weightDecay !== 0 && decoupled) value = tf.mul(value, 1 - learningRate * weightDecay);
    return update(entry, { value, g }).map(([out, numbers]): [Operand, TfTensor] => [
      out,
      where(tf, isTaken, numbers, load(tf, out)),
    ]);
  });
  const isNews = tf.logicalAnd(tf.logicalNot(isFinite), wasFinite);
  const news = tf.stack([firstNotFinite(tf, norms), tf.scalar(guard.step, "int32")]);
  return [...stores, [guard.flag, where(tf, isNews, news, flag)]];
}

/** Place of the first norm that is not finite, from 1; where that of all alone is not, the last place. */
function firstNotFinite(tf: TensorFlow, norms: TfTensor): TfTensor {
  const last = tf.tensor([1], [1], "int32");
  const others = tf.slice(norms, 0, norms.size - 2);
  const isNotFinite = tf.cast(tf.logicalNot(tf.isFinite(others)), "int32");
  const place = tf.argMax(tf.concat([isNotFinite, last]));
  return tf.add(tf.reshape(place, []), tf.scalar(1, "int32")); // on webgpu it is [1]
}

/** `min(1, limit / norm)`, 1 without a limit. */
function clipScale(tf: TensorFlow, limit: number | null, norm: TfTensor): TfTensor {
  const one = tf.scalar(1);
  return limit === null ? one : where(tf, tf.lessEqual(norm, limit), one, tf.div(limit, norm));
}
