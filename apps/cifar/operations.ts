import type { Sequential } from "@gradus/layers";

/**
 * Floating-point operations of a training: 2 a multiply-add of a convolution or a dense layer, forward once
 * and backward twice for each image of each epoch.
 *
 * @param model The network, initialised.
 * @param imagesSeen Training images times epochs.
 * @returns The operations.
 */
export function trainingOperations(model: Sequential, imagesSeen: number): number {
  const multiplyAdds = model.layers.reduce((sum, layer, place) => {
    const weight = layer.parameters.find(({ name }) => name === "weight");
    const [height, width] = model.outputShapes[place]!;
    // A kernel is at each pixel of the output once, the weight of a dense layer once.
    return sum +
      (weight?.value.size ?? 0) * (weight?.value.shape.length === 4 ? height! * width! : 1);
  }, 0);
  return 6 * multiplyAdds * imagesSeen;
}

/**
 * Floating-point operations that make the steps of Muon orthogonal: for each iteration `4 · rows · columns · n +
 * 2 · n³` a kernel, where `n` is the smaller of its sides as a matrix.
 *
 * @param model The network, initialised.
 * @param steps Steps of the training, and iterations of each.
 * @returns The operations.
 */
export function orthogonalOperations(
  model: Sequential,
  { steps, iterations }: { readonly steps: number; readonly iterations: number },
): number {
  return model.parameters.reduce((sum, { value: { shape, size }, trainable }) => {
    if (!trainable || shape.length !== 4) return sum;
    const columns = shape[3]!;
    const least = Math.min(columns, size / columns);
    return sum + steps * iterations * (4 * size * least + 2 * least ** 3);
  }, 0);
}
