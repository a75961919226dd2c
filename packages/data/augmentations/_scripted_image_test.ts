import type { AugmentedImage } from "./augmentation.ts";

/** A 32-bit float for each pixel of an image that counts from 1. */
export function counting(length: number): Float32Array {
  return Float32Array.from({ length }, (_, i) => i + 1);
}

/** What an augmentation is told of an image, with draws that are known beforehand. */
export function scripted(
  [height, width, channels]: readonly [number, number, number],
  { draws = [], drawForAllEpochs = 0, epoch = 0 }: {
    draws?: readonly number[];
    drawForAllEpochs?: number;
    epoch?: number;
  },
): AugmentedImage & { readonly bounds: number[] } {
  const bounds: number[] = [];
  return {
    ...{ height, width, channels, epoch, bounds },
    draw: (below) => draws[bounds.push(below) - 1],
    drawForAllEpochs: () => drawForAllEpochs,
  };
}
