import type { Layer } from "@gradus/layers";
import {
  add,
  type Backend,
  BatchBuffer,
  copy,
  multiply,
  type NumericArray,
  slice,
  softmax,
} from "@gradus/tensor";
import type { BatchSource } from "@gradus/train";
import { shiftImages } from "./_shift_images.ts";

/** What a classifier makes of some rows. */
export interface Classified {
  /** `[rows, classes]`, row-major. */
  readonly probabilities: Float32Array;
  /** `[rows]`, the most probable class of each. */
  readonly predictions: Int32Array;
  /** How many classes there are. */
  readonly classes: number;
}

/** What {@linkcode classify} needs. */
export interface ClassifyOptions {
  /** Gives logits; runs in eval mode. */
  readonly model: Layer;
  /** The rows, in order. */
  readonly batches: BatchSource;
  /** Where the model is. */
  readonly backend: Backend;
  /** Averages the logits of each image `[height, width, channels]` and of its mirror image. Default: false. */
  readonly mirrored?: boolean;
  /**
   * Pixels, below the image's sides. Averages in the image moved along the diagonal by so many, left and up
   * (weight ¼) and right and down (¼; the image itself has ½), each with its mirror image if `mirrored`. What
   * comes in is the image reflected at its outermost pixels. Default: 0.
   */
  readonly shift?: number;
}

/**
 * Class probabilities of some rows, batch by batch.
 *
 * @param options Model, rows, backend.
 * @returns Probabilities and predictions, in the order of the batches.
 * @throws {RangeError} If the shift is not a whole number below the image's sides, or a probability is NaN, naming its row: no class is the most probable one then.
 *
 * @example
 * ```ts
 * import { classify } from "@gradus/cli";
 * import { Batches } from "@gradus/data";
 * import { Dense } from "@gradus/layers";
 * import { random } from "@gradus/random";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const backend = reference();
 * const model = new Dense(2);
 * model.init([1], { backend, random: random(0) });
 * model.parameters[0]!.value.set([[-1, 1]]);
 * const x = { data: new Float32Array([-2, 1, 2]), shape: [3, 1] };
 * const y = { data: new Int32Array([0, 0, 1]), shape: [3] };
 * const batches = new Batches({ x, y }, { size: 2 });
 * const { predictions } = await classify({ model, batches, backend });
 * assertEquals(predictions, new Int32Array([0, 1, 1]));
 * ```
 */
export async function classify(options: ClassifyOptions): Promise<Classified> {
  const { model, batches, backend, mirrored = false, shift = 0 } = options;
  if (!Number.isInteger(shift) || shift < 0) {
    throw new RangeError(
      `Cannot classify moved images as the shift must be a whole number of at least 0: found ${shift}`,
    );
  }
  const [inputs, mirrors, outputs] = ["inputs", "mirror images", "probabilities"].map((purpose) =>
    new BatchBuffer(backend, { purpose: `a batch of ${purpose}` })
  ) as [BatchBuffer, BatchBuffer, BatchBuffer];
  try {
    const reads: Promise<NumericArray>[] = [];
    let classes = 0;
    for (const batch of batches.epoch(0)) {
      const x = inputs.take(batch.x.shape);
      x.set(batch.x.data);
      const logits = model.forward(x, "eval");
      classes = logits.shape[1]!;
      const out = outputs.take(logits.shape);
      copy(logits, { out });
      const addMirror = () => {
        const mirror = mirrors.take(x.shape);
        slice(x, [{}, {}, { step: -1 }], { out: mirror });
        add(out, model.forward(mirror, "eval"), { out });
      };
      if (mirrored) addMirror();
      if (shift > 0) {
        multiply(out, 2, { out });
        for (const by of [-shift, shift]) {
          x.set(shiftImages(batch.x, by));
          add(out, model.forward(x, "eval"), { out });
          if (mirrored) addMirror();
        }
      }
      multiply(out, (mirrored ? 0.5 : 1) * (shift > 0 ? 0.25 : 1), { out });
      softmax(out, { out });
      reads.push(out.data());
    }
    const probabilities = join(await Promise.all(reads));
    return { probabilities, predictions: mostProbable(probabilities, classes), classes };
  } finally {
    for (const buffer of [inputs, mirrors, outputs]) buffer.dispose();
  }
}

function join(parts: readonly NumericArray[]): Float32Array {
  const joined = new Float32Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

function mostProbable(probabilities: Float32Array, classes: number): Int32Array {
  return Int32Array.from({ length: probabilities.length / classes }, (_, row) => {
    const own = probabilities.subarray(row * classes, (row + 1) * classes);
    const best = own.indexOf(Math.max(...own));
    if (best >= 0) return best;
    throw new RangeError(
      `Cannot classify row ${row} as its probabilities must be numbers: found NaN`,
    );
  });
}
