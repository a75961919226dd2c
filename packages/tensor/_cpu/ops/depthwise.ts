import type { Operand } from "../../backend.ts";
import { RELU } from "../kernels/products.ts";
import type { Machine } from "../machine.ts";
import { addressOf } from "../storage.ts";
import type { ConvolutionShape, Frame } from "../window_plan.ts";
import { forEachImage, framedParts, partsFor } from "./framed_images.ts";
import type { PlacedPhase } from "./placed_plan.ts";

/** Whether each channel is a group of its own, with one filter: no sum over channels, no matrix product. */
export function isDepthwise({ kernel, y, groups }: ConvolutionShape): boolean {
  // With one group the runs of a patch are rows of taps: that is a matrix product.
  return groups > 1 && kernel[2] === 1 && y[2] === groups;
}

/** Sums the patches of all images, tap by tap; `weights [taps, channels]` are in the order of the phase. */
export function depthwiseCorrelate(
  machine: Machine,
  { address, frame, phase }: { address: number; frame: Frame; phase: PlacedPhase },
  { source, result, weights, bias, relu }: {
    source: Operand;
    result: Operand;
    weights: number;
    bias: number;
    relu: boolean;
  },
): void {
  const { threads } = machine;
  const kernel = machine.kernels.depthwise.correlate;
  const images = source.shape[0]!;
  const [, rows, columns, channels] = result.shape as [number, number, number, number];
  const taps = phase.taps.length;
  const parts = partsFor(machine, { images, productsPerImage: phase.count * taps * channels });
  const framed = framedParts(machine, parts, { frame, source, spareBytes: 0 });
  const pixels = phase.pixels === 0 ? 0 : address + phase.pixels;
  const to = addressOf(result);
  forEachImage(images, parts, (part, image) => {
    const patches = framed[part]!.image(image);
    threads.call(
      part,
      kernel,
      phase.count,
      channels,
      patches,
      address + phase.patches,
      address + phase.offsets,
      taps,
      weights,
      to + 4 * image * rows * columns * channels,
      pixels,
      relu ? RELU : 0,
      bias,
    );
  });
  threads.join();
}

/** Adds an image to the kernel's gradient, or sets it with the first one. */
export function depthwiseKernelGradient(
  machine: Machine,
  part: number,
  { address, phase }: { address: number; phase: PlacedPhase },
  { patches, slopes, sums, isFirst, channels }: {
    patches: number;
    slopes: number;
    sums: number;
    isFirst: boolean;
    channels: number;
  },
): void {
  const { threads } = machine;
  const taps = phase.taps.length;
  if (isFirst) threads.call(part, machine.kernels.movement.fill, sums, 0, 4 * taps * channels);
  threads.call(
    part,
    machine.kernels.depthwise.kernelGradient,
    phase.count,
    channels,
    patches,
    address + phase.patches,
    address + phase.offsets,
    taps,
    slopes,
    sums,
  );
}
