import type { Conv2dGeometry, Epilogue, Operand } from "../../backend.ts";
import { ACCUMULATE, RELU, TILE_COLUMNS } from "../kernels/products.ts";
import type { Machine } from "../machine.ts";
import { partOfTiles } from "../parts.ts";
import { addressOf } from "../storage.ts";
import type { Table } from "../tables.ts";
import {
  type ConvolutionShape,
  forwardPlan,
  type Frame,
  inputGradientPlan,
  type Phase,
  type Tap,
  type WindowPlan,
} from "../window_plan.ts";

/** Products that are worth a thread of their own. */
const PRODUCTS_PER_PART = 1 << 18;

/** The most numbers of a patch in one go: a panel of the kernel stays in the first cache. */
const PATCH_BLOCK = 768;

/** Pixels in one go of the kernel's gradient: theirs of x and dy stay in the first caches. */
const PIXEL_BLOCK = 128;

/** A phase with its tables in memory. */
interface PlacedPhase {
  readonly count: number;
  readonly patches: number;
  /** 0 where the result's pixels are contiguous. */
  readonly pixels: number;
  readonly taps: readonly Tap[];
  readonly runs: readonly number[];
  readonly runLength: number;
  /** Runs in one go, and the table of how far to move before each. */
  readonly runsPerBlock: number;
  readonly steps: number;
}

interface PlacedPlan {
  readonly frame: Frame;
  readonly phases: readonly PlacedPhase[];
}

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
    bias: options.bias ? addressOf(options.bias) : 0,
    relu: options.activation === "relu",
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
    for (let pixel = 0; pixel < phase.count; pixel += PIXEL_BLOCK) {
      addPixels(machine, part, {
        shape,
        phase,
        tables: address,
        patches,
        pixel,
        slopes: addressOf(dy) + 4 * (image * phase.count + pixel) * shape.y[2],
        sums: part === 0 ? total : framed[part]!.spare,
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
    this.#address = machine.scratch(machine.threads.count, groups * this.#groupBytes);
  }

  get #groupBytes(): number {
    return 32 * this.length * Math.ceil(this.columns / TILE_COLUMNS);
  }

  of(group: number): number {
    return this.#address + group * this.#groupBytes;
  }
}

/** Multiplies the patches of all images by the panels, the images cut among the threads. */
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
  const parts = partsFor(machine, {
    images,
    productsPerImage: phase.count * panels.length * panels.columns * groups,
  });
  const blocks = Math.ceil(phase.runs.length / phase.runsPerBlock);
  const innerChannels = source.shape[3]! / groups;
  const pixels = phase.pixels === 0 ? 0 : address + phase.pixels;
  const to = addressOf(result);
  const framed = framedParts(machine, parts, { frame, source, spareBytes: 0 });
  forEachImage(images, parts, (part, image) => {
    const patches = framed[part]!.image(image);
    for (let group = 0; group < groups; group++) {
      const columnBytes = 4 * group * panels.columns;
      for (let block = 0; block < blocks; block++) {
        const run = block * phase.runsPerBlock;
        const isLast = block === blocks - 1;
        threads.call(
          part,
          multiplyRows,
          phase.count,
          panels.columns,
          patches + 4 * group * innerChannels,
          address + phase.patches,
          0,
          address + phase.steps + 4 * run,
          Math.min(phase.runsPerBlock, phase.runs.length - run),
          phase.runLength,
          panels.of(group) + 32 * run * phase.runLength,
          32 * panels.length,
          32,
          to + image * imageBytes + columnBytes,
          pixels,
          4 * channels,
          (block > 0 ? ACCUMULATE : 0) | (relu && isLast ? RELU : 0),
          bias !== 0 && isLast ? bias + columnBytes : 0,
        );
      }
    }
  });
  threads.join();
}

/** Visits the images of all parts in turns, so that no part's calls pile up before another's. */
function forEachImage(
  images: number,
  parts: number,
  visit: (part: number, image: number, isFirst: boolean) => void,
): void {
  const count = { count: images, tile: 1 };
  for (let turn = 0; turn < Math.ceil(images / parts); turn++) {
    for (let part = parts - 1; part >= 0; part--) {
      const image = partOfTiles(part, parts, count) + turn;
      if (image < partOfTiles(part + 1, parts, count)) visit(part, image, turn === 0);
    }
  }
}

function framedParts(
  machine: Machine,
  parts: number,
  options: { frame: Frame; source: Operand; spareBytes: number },
): FramedImages[] {
  return Array.from(
    { length: parts },
    (_, part) => new FramedImages(machine, { part, ...options }),
  );
}

/** The images of one part, one after the other in a frame of zeros; or where they are, if they need none. */
class FramedImages {
  readonly #machine: Machine;
  readonly #part: number;
  readonly #frame: Frame;
  readonly #source: number;
  readonly #height: number;
  readonly #rowBytes: number;
  readonly #pixelBytes: number;
  readonly #address: number;
  readonly #frameBytes: number;
  #isBlank = false;
  /** Memory behind the frame. */
  readonly spare: number;

  constructor(
    machine: Machine,
    { part, frame, source, spareBytes }: {
      part: number;
      frame: Frame;
      source: Operand;
      spareBytes: number;
    },
  ) {
    const [, height, width, channels] = source.shape as [number, number, number, number];
    this.#machine = machine;
    this.#part = part;
    this.#frame = frame;
    this.#source = addressOf(source);
    this.#height = height;
    this.#pixelBytes = 4 * channels;
    this.#rowBytes = width * this.#pixelBytes;
    // Behind a frame there is room to read.
    const frameBytes = frame.isImage
      ? 0
      : Math.ceil((frame.height * frame.width * this.#pixelBytes + 64) / 64) * 64;
    const sizeBytes = frameBytes + spareBytes;
    this.#address = sizeBytes === 0 ? 0 : machine.scratch(part, sizeBytes);
    this.spare = this.#address + frameBytes;
    this.#frameBytes = frameBytes;
  }

  /** Address of an image in its frame, valid until the next. */
  image(image: number): number {
    const frame = this.#frame;
    const from = this.#source + image * this.#height * this.#rowBytes;
    if (frame.isImage) return from;
    const { copyRows, fill } = this.#machine.kernels.movement;
    const { threads } = this.#machine;
    if (!this.#isBlank) threads.call(this.#part, fill, this.#address, 0, this.#frameBytes);
    this.#isBlank = true;
    const inside = (frame.top * frame.width + frame.left) * this.#pixelBytes;
    threads.call(
      this.#part,
      copyRows,
      from,
      this.#rowBytes,
      this.#address + inside,
      frame.width * this.#pixelBytes,
      frame.rows,
      frame.columns * this.#pixelBytes,
    );
    return this.#address;
  }
}

function partsFor(
  { threads }: Machine,
  { images, productsPerImage }: { images: number; productsPerImage: number },
): number {
  if (images * productsPerImage < threads.count * PRODUCTS_PER_PART) return 1;
  return Math.min(threads.count, images);
}

function shapeOf(
  { x, kernel, y }: { x: Operand; kernel: Operand; y: Operand },
  { stride, padding, dilation, groups }: Conv2dGeometry,
): ConvolutionShape {
  return {
    x: x.shape.slice(1) as unknown as ConvolutionShape["x"],
    kernel: kernel.shape.slice(0, 3) as unknown as ConvolutionShape["kernel"],
    y: y.shape.slice(1) as unknown as ConvolutionShape["y"],
    stride,
    padding,
    dilation,
    groups,
  };
}

/** The plan of a direction, its tables in memory. */
function placedPlan(
  machine: Machine,
  direction: "forward" | "inputGradient",
  shape: ConvolutionShape,
): Table<PlacedPlan> {
  const { x, kernel, y, stride, padding, dilation, groups } = shape;
  const key = `${direction} ${x} ${kernel} ${y} ${stride} ${padding} ${dilation} ${groups}`;
  return machine.tables.take(key, () => {
    return direction === "forward"
      ? place(forwardPlan(shape), 4 * y[2])
      : place(inputGradientPlan(shape), 4 * x[2]);
  });
}

function place(
  { frame, phases }: WindowPlan,
  pixelBytes: number,
): { words: number[]; plan: PlacedPlan } {
  const words: number[] = [];
  const put = (table: readonly number[]): number => {
    const offset = 4 * words.length;
    for (const word of table) words.push(word);
    return offset;
  };
  const placed = phases.map((phase): PlacedPhase => {
    const runsPerBlock = Math.max(1, Math.floor(PATCH_BLOCK / phase.runLength));
    const patches = put(phase.patches);
    const steps = put(stepsOf(phase, runsPerBlock));
    return {
      count: phase.patches.length,
      patches,
      pixels: isContiguous(phase.pixels, pixelBytes) ? 0 : put(phase.pixels),
      taps: phase.taps,
      runs: phase.runs,
      runLength: phase.runLength,
      runsPerBlock,
      steps,
    };
  });
  return { words, plan: { frame, phases: placed } };
}

/** How far the pointers move before each run: from the end of the one before, or, at a block's start, from the patch's. */
function stepsOf({ runs, runLength }: Phase, runsPerBlock: number): number[] {
  return runs.map((offset, run) =>
    run % runsPerBlock === 0 ? offset : offset - runs[run - 1]! - 4 * runLength
  );
}

/** Whether pixels follow each other from 0 on. */
function isContiguous(pixels: readonly number[], pixelBytes: number): boolean {
  return pixels.every((offset, at) => offset === at * pixelBytes);
}
