import type { Conv2dGeometry, Epilogue, Operand } from "../../backend.ts";
import { ACCUMULATE, RELU, TILE_COLUMNS } from "../kernels/products.ts";
import type { Machine } from "../machine.ts";
import { partOfTiles } from "../parts.ts";
import { addressOf } from "../storage.ts";
import type { ConvolutionShape, Frame } from "../window_plan.ts";
import { depthwiseCorrelate, depthwiseKernelGradient, isDepthwise } from "./depthwise.ts";
import { forEachImage, framedParts, partsFor } from "./framed_images.ts";
import { type PlacedPhase, placedPlan, shapeOf } from "./placed_plan.ts";

/** Pixels in one go of the kernel's gradient: theirs of x and dy stay in the first caches. */
const PIXEL_BLOCK = 128;

export function conv2d(
  machine: Machine,
  { x, kernel, out }: { x: Operand; kernel: Operand; out: Operand },
  options: Conv2dGeometry & Epilogue,
): void {
  const shape = shapeOf({ x, kernel, y: out }, options);
  const { plan, address } = placedPlan(machine, "forward", shape);
  const [, , inner] = shape.kernel;
  const [, , filters] = shape.y;
  const perGroup = filters / options.groups;
  const phase = plan.phases[0]!;
  const bias = options.bias ? addressOf(options.bias) : 0;
  const relu = options.activation === "relu";
  if (isDepthwise(shape)) {
    const weights = addressOf(kernel);
    const operands = { source: x, result: out, weights, bias, relu };
    return depthwiseCorrelate(machine, { address, frame: plan.frame, phase }, operands);
  }
  const length = phase.taps.length * inner;
  const panels = new Panels(machine, { length, columns: perGroup, groups: options.groups });
  for (let group = 0; group < options.groups; group++) {
    const from = addressOf(kernel) + 4 * group * perGroup;
    machine.threads.call(
      0,
      machine.kernels.products.packColumns,
      length,
      perGroup,
      from,
      4 * filters,
      panels.of(group),
      32 * length,
    );
  }
  correlate(machine, { address, frame: plan.frame, phase }, {
    source: x,
    result: out,
    groups: options.groups,
    panels,
    bias,
    relu,
  });
}

export function conv2dInputGradient(
  machine: Machine,
  { dy, kernel, out }: { dy: Operand; kernel: Operand; out: Operand },
  options: Conv2dGeometry,
): void {
  const shape = shapeOf({ x: out, kernel, y: dy }, options);
  const { plan, address } = placedPlan(machine, "inputGradient", shape);
  const [, kernelWidth, inner] = shape.kernel;
  const [, , filters] = shape.y;
  const perGroup = filters / options.groups;
  const { groups } = options;
  // Pixels that no tap reaches.
  if (plan.phases.some((phase) => phase.taps.length === 0)) {
    const at = addressOf(out);
    const sizeBytes = 4 * out.shape[0]! * shape.x[0] * shape.x[1] * shape.x[2];
    machine.heap.bytes.fill(0, at, at + sizeBytes);
  }
  for (const phase of plan.phases) {
    if (phase.taps.length === 0 || phase.count === 0) continue;
    if (isDepthwise(shape)) {
      const weights = machine.scratch(
        machine.threads.count,
        4 * phase.taps.length * filters,
        "the kernel of a convolution, turned around",
      );
      phase.taps.forEach((tap, at) => {
        const from = addressOf(kernel) + 4 * (tap.row * kernelWidth + tap.column) * filters;
        machine.heap.bytes.copyWithin(weights + 4 * at * filters, from, from + 4 * filters);
      });
      const operands = { source: dy, result: out, weights, bias: 0, relu: false };
      depthwiseCorrelate(machine, { address, frame: plan.frame, phase }, operands);
      continue;
    }
    const length = phase.taps.length * perGroup;
    const panels = new Panels(machine, { length, columns: inner, groups });
    for (let group = 0; group < groups; group++) {
      phase.taps.forEach((tap, at) => {
        const row = (tap.row * kernelWidth + tap.column) * inner;
        machine.threads.call(
          0,
          machine.kernels.products.packRows,
          perGroup,
          inner,
          addressOf(kernel) + 4 * (row * filters + group * perGroup),
          4 * filters,
          panels.of(group) + 32 * at * perGroup,
          32 * length,
        );
      });
    }
    correlate(machine, { address, frame: plan.frame, phase }, {
      source: dy,
      result: out,
      groups,
      panels,
      bias: 0,
      relu: false,
    });
  }
}

export function conv2dKernelGradient(
  machine: Machine,
  { x, dy, out }: { x: Operand; dy: Operand; out: Operand },
  options: Conv2dGeometry,
): void {
  const { threads } = machine;
  const { add } = machine.kernels.elementwise.binary;
  const shape = shapeOf({ x, kernel: out, y: dy }, options);
  const { plan, address } = placedPlan(machine, "forward", shape);
  const phase = plan.phases[0]!;
  const size = phase.taps.length * shape.kernel[2] * shape.y[2];
  const images = x.shape[0]!;
  const parts = partsFor(machine, { images, productsPerImage: phase.count * size });
  const total = addressOf(out);
  // Part 0 sums into the result, others into a workspace behind their frame.
  const framed = framedParts(machine, parts, {
    frame: plan.frame,
    source: x,
    spareBytes: parts === 1 ? 0 : 4 * size,
  });
  forEachImage(images, parts, (part, image, isFirst) => {
    const patches = framed[part]!.image(image);
    const sums = part === 0 ? total : framed[part]!.spare;
    if (isDepthwise(shape)) {
      const slopes = addressOf(dy) + 4 * image * phase.count * shape.y[2];
      const operands = { patches, slopes, sums, isFirst, channels: shape.y[2] };
      return depthwiseKernelGradient(machine, part, { address, phase }, operands);
    }
    for (let pixel = 0; pixel < phase.count; pixel += PIXEL_BLOCK) {
      addPixels(machine, part, {
        shape,
        phase,
        tables: address,
        patches,
        pixel,
        slopes: addressOf(dy) + 4 * (image * phase.count + pixel) * shape.y[2],
        sums,
        flags: isFirst && pixel === 0 ? 0 : ACCUMULATE,
      });
    }
  });
  threads.join();
  // In the order of the parts, whoever was first.
  for (let part = 1; part < parts; part++) {
    threads.call(0, add.bothVary, total, 0, framed[part]!.spare, 0, total, 1, size);
  }
}

/** Adds a block of pixels to the kernel's gradient: `dW [run, filters] += patches [pixels, run]ᵀ · dy`. */
function addPixels(
  machine: Machine,
  part: number,
  { shape, phase, tables, patches, pixel, slopes, sums, flags }: {
    shape: ConvolutionShape;
    phase: PlacedPhase;
    tables: number;
    patches: number;
    pixel: number;
    slopes: number;
    sums: number;
    flags: number;
  },
): void {
  const { multiplyColumns } = machine.kernels.products;
  const [, , inner] = shape.kernel;
  const filters = shape.y[2];
  const perGroup = filters / shape.groups;
  const count = Math.min(PIXEL_BLOCK, phase.count - pixel);
  const table = tables + phase.patches + 4 * pixel;
  for (let group = 0; group < shape.groups; group++) {
    for (let run = 0; run < phase.runs.length; run++) {
      const row = run * phase.runLength;
      machine.threads.call(
        part,
        multiplyColumns,
        phase.runLength,
        perGroup,
        count,
        patches + phase.runs[run]! + 4 * group * inner,
        table,
        0,
        slopes + 4 * group * perGroup,
        32,
        4 * filters,
        sums + 4 * (row * filters + group * perGroup),
        0,
        4 * filters,
        flags,
        0,
      );
    }
  }
}

/** Packed panels of the kernel, for each group. */
class Panels {
  readonly length: number;
  readonly columns: number;
  readonly #address: number;

  constructor(
    machine: Machine,
    { length, columns, groups }: { length: number; columns: number; groups: number },
  ) {
    this.length = length;
    this.columns = columns;
    this.#address = machine.scratch(
      machine.threads.count,
      groups * this.#groupBytes,
      "the packed kernel of a convolution",
    );
  }

  get #groupBytes(): number {
    return 32 * this.length * Math.ceil(this.columns / TILE_COLUMNS);
  }

  of(group: number): number {
    return this.#address + group * this.#groupBytes;
  }
}

/**
 * Multiplies the patches of all images by the panels, the images cut among the threads; where there are
 * fewer images than threads, each image is cut into slices of its pixels.
 */
function correlate(
  machine: Machine,
  { address, frame, phase }: { address: number; frame: Frame; phase: PlacedPhase },
  { source, result, groups, panels, bias, relu }: {
    source: Operand;
    result: Operand;
    groups: number;
    panels: Panels;
    bias: number;
    relu: boolean;
  },
): void {
  const { threads } = machine;
  const { multiplyRows } = machine.kernels.products;
  const images = source.shape[0]!;
  const [, rows, columns, channels] = result.shape as [number, number, number, number];
  const imageBytes = 4 * rows * columns * channels;
  const wishedSlices = Math.ceil(threads.count / images);
  const parts = partsFor(machine, {
    images: images * wishedSlices,
    productsPerImage: phase.count * panels.length * panels.columns * groups / wishedSlices,
  });
  const slices = parts === 1 ? 1 : wishedSlices;
  const tiles = { count: phase.count, tile: machine.tileRows };
  const blocks = Math.ceil(phase.runs.length / phase.runsPerBlock);
  const innerChannels = source.shape[3]! / groups;
  const pixels = phase.pixels === 0 ? 0 : address + phase.pixels;
  const to = addressOf(result);
  const framed = framedParts(machine, parts, { frame, source, spareBytes: 0 });
  forEachImage(images * slices, parts, (part, slice) => {
    const image = Math.floor(slice / slices);
    const first = partOfTiles(slice % slices, slices, tiles);
    const count = partOfTiles(slice % slices + 1, slices, tiles) - first;
    const patches = framed[part]!.image(image);
    const result = to + image * imageBytes + (pixels === 0 ? 4 * channels * first : 0);
    for (let group = 0; group < groups; group++) {
      const columnBytes = 4 * group * panels.columns;
      for (let block = 0; block < blocks; block++) {
        const run = block * phase.runsPerBlock;
        const isLast = block === blocks - 1;
        threads.call(
          part,
          multiplyRows,
          count,
          panels.columns,
          patches + 4 * group * innerChannels,
          address + phase.patches + 4 * first,
          0,
          address + phase.steps + 4 * run,
          Math.min(phase.runsPerBlock, phase.runs.length - run),
          phase.runLength,
          panels.of(group) + 32 * run * phase.runLength,
          32 * panels.length,
          32,
          result + columnBytes,
          pixels === 0 ? 0 : pixels + 4 * first,
          4 * channels,
          (block > 0 ? ACCUMULATE : 0) | (relu && isLast ? RELU : 0),
          bias !== 0 && isLast ? bias + columnBytes : 0,
        );
      }
    }
  });
  threads.join();
}
