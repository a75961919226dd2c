import { equalShapes, formatShape, ShapeError, type Tensor } from "@gradus/tensor";

/**
 * Refuses what is not a batch of class scores `[n, classes]` with labels `[n]` or rows
 * `[n, classes]`.
 */
export function checkClassOperands(prediction: Tensor, target: Tensor): void {
  checkPrediction(prediction, target);
  const { shape } = prediction;
  const { float } = prediction.backend;
  if (shape.length !== 2) {
    throw new ShapeError(
      `Cannot take the loss as the prediction must be [n, classes]: found ${formatShape(shape)}`,
    );
  }
  const labels = target.dtype === "int32" && equalShapes(target.shape, [shape[0]!]);
  const rows = target.dtype === float && equalShapes(target.shape, shape);
  if (!labels && !rows) {
    throw new ShapeError(
      `Cannot take the loss of ${formatShape(shape)} as the target must be int32 [${
        shape[0]
      }] or ${float} ${formatShape(shape)}: found ${target.dtype} ${formatShape(target.shape)}`,
    );
  }
}

/** Refuses a target that has not the prediction's shape. */
export function checkPointwiseOperands(prediction: Tensor, target: Tensor): void {
  checkPrediction(prediction, target);
  const { shape, dtype } = prediction;
  if (target.dtype !== dtype || !equalShapes(target.shape, shape)) {
    throw new ShapeError(
      `Cannot take the loss of ${formatShape(shape)} as the target must be ${dtype} ${
        formatShape(shape)
      }: found ${target.dtype} ${formatShape(target.shape)}`,
    );
  }
}

function checkPrediction(prediction: Tensor, target: Tensor): void {
  const { backend, dtype, shape } = prediction;
  if (target.backend !== backend) {
    throw new TypeError(
      `Cannot take the loss as prediction and target must be on one backend: found ${backend.name} and ${target.backend.name}${
        backend.name === target.backend.name ? " (two of them)" : ""
      }`,
    );
  }
  if (dtype !== backend.float) {
    throw new ShapeError(
      `Cannot take the loss as predictions must be ${backend.float}: found ${dtype} ${
        formatShape(shape)
      }`,
    );
  }
}
