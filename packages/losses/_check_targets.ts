import {
  assertShape,
  equalShapes,
  formatShape,
  type Shape,
  ShapeError,
  sizeOf,
} from "@gradus/tensor";
import type { LossTarget } from "./loss.ts";

/**
 * Refuses targets that are neither labels `[n]` in `[0, classes)` nor rows `[n, classes]` of
 * probabilities.
 */
export function checkClassTarget(target: LossTarget, outputShape: Shape): void {
  checkCount(target);
  if (outputShape.length !== 1) {
    throw new ShapeError(
      `Cannot take the loss as the prediction must be [n, classes]: found ${
        formatBatch(outputShape)
      }`,
    );
  }
  const classes = outputShape[0]!;
  const { data, shape } = target;
  const real = data instanceof Float32Array || data instanceof Float64Array;
  if (shape.length === 1 && !real) {
    checkLabels(data, classes);
  } else if (shape.length === 2 && shape[1] === classes && !(data instanceof Int32Array)) {
    checkProbabilities(data, classes);
  } else {
    throw new ShapeError(
      `Cannot take the loss as the target must be labels [n], integers, or rows [n, ${classes}], real numbers: found ${
        formatArray(target)
      }`,
    );
  }
}

/**
 * Refuses targets that have not the shape `[n, …outputShape]`, or a number for which `holds` is
 * false.
 */
export function checkPointwiseTarget(
  target: LossTarget,
  outputShape: Shape,
  rule: { readonly must: string; readonly holds: (value: number) => boolean },
): void {
  checkCount(target);
  const { data, shape } = target;
  if (shape.length === 0 || !equalShapes(shape.slice(1), outputShape)) {
    throw new ShapeError(
      `Cannot take the loss as the target must be ${formatBatch(outputShape)}: found ${
        formatShape(shape)
      }`,
    );
  }
  const length = sizeOf(outputShape);
  for (let i = 0; i < data.length; i++) {
    if (!rule.holds(data[i]!)) {
      throw new RangeError(
        `Cannot take the loss as each target must be ${rule.must}: found ${data[i]} at row ${
          Math.floor(i / length)
        }`,
      );
    }
  }
}

function checkLabels(labels: ArrayLike<number>, classes: number): void {
  for (let row = 0; row < labels.length; row++) {
    const label = labels[row]!;
    if (label < 0 || label >= classes) {
      throw new RangeError(
        `Cannot take the loss as each label must be in [0, ${classes}): found ${label} at row ${row}`,
      );
    }
  }
}

function checkProbabilities(data: ArrayLike<number>, classes: number): void {
  // A row x / Σx in float32 has a rounding of at most 2⁻²⁴ for each addition of its sum and one for
  // the division. Twice that leaves room for what mixed or smoothed the row afterwards.
  const tolerance = classes * 2 ** -23;
  for (let start = 0; start < data.length; start += classes) {
    const row = start / classes;
    let sum = 0;
    for (let i = start; i < start + classes; i++) {
      if (!(data[i]! >= 0)) {
        throw new RangeError(
          `Cannot take the loss as each target must be a probability of at least 0: found ${
            data[i]
          } at row ${row}`,
        );
      }
      sum += data[i]!;
    }
    if (!(Math.abs(sum - 1) <= tolerance)) {
      throw new RangeError(
        `Cannot take the loss as each row of the target must sum to 1: found ${sum} at row ${row}`,
      );
    }
  }
}

function checkCount(target: LossTarget): void {
  assertShape(target.shape);
  if (target.data.length !== sizeOf(target.shape)) {
    throw new ShapeError(
      `Cannot take the loss as the target must have ${sizeOf(target.shape)} numbers for ${
        formatShape(target.shape)
      }: found ${target.data.length}`,
    );
  }
}

function formatBatch(outputShape: Shape): string {
  return `[${["n", ...outputShape].join(", ")}]`;
}

function formatArray({ data, shape }: LossTarget): string {
  return `${data.constructor.name} ${formatShape(shape)}`;
}
