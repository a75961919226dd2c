import type { Operand, PoolGeometry } from "../../backend.ts";
import { sizeOf } from "../../shape.ts";
import type { Machine } from "../machine.ts";
import { partOfTiles } from "../parts.ts";
import { addressOf } from "../storage.ts";

/** Runs a kernel over windows, the images cut among the threads. `x` is the larger image, `y` the pooled one. */
export function poolImages(
  machine: Machine,
  kernel: number,
  { x, y, indices, options }: {
    x: Operand;
    y: Operand;
    indices: Operand | null;
    options: PoolGeometry;
  },
): void {
  const { threads } = machine;
  const [images, height, width, channels] = x.shape as [number, number, number, number];
  const words = [
    // In the order of POOL_PLAN.
    height,
    width,
    channels,
    y.shape[1]!,
    y.shape[2]!,
    ...options.window,
    ...options.stride,
    ...options.padding,
  ];
  const plan = machine.tables.take(`pool ${words}`, () => ({ words, plan: null })).address;
  const [from, to, at] = [addressOf(x), addressOf(y), indices === null ? 0 : addressOf(indices)];
  const parts = machine.partsFor(sizeOf(x.shape));
  for (let part = parts - 1; part >= 0; part--) {
    const first = partOfTiles(part, parts, { count: images, tile: 1 });
    const count = partOfTiles(part + 1, parts, { count: images, tile: 1 }) - first;
    threads.call(part, kernel, from, to, at, plan, first, count);
  }
  threads.join();
}

export function maxPool2dGradient(
  machine: Machine,
  { dy, indices }: { readonly dy: Operand; readonly indices: Operand },
  out: Operand,
): void {
  const { threads } = machine;
  const kernel = machine.kernels.pooling.maxPoolGradient;
  const images = out.shape[0]!;
  const [xSize, ySize] = [sizeOf(out.shape) / images, sizeOf(dy.shape) / images];
  const [from, places, to] = [addressOf(dy), addressOf(indices), addressOf(out)];
  const parts = machine.partsFor(images * xSize);
  for (let part = parts - 1; part >= 0; part--) {
    const first = partOfTiles(part, parts, { count: images, tile: 1 });
    const count = partOfTiles(part + 1, parts, { count: images, tile: 1 }) - first;
    // Places are counted from the first image, so the part is told where that is, and what is its own.
    threads.call(
      part,
      kernel,
      from + 4 * first * ySize,
      places + 4 * first * ySize,
      count * ySize,
      to,
      to + 4 * first * xSize,
      4 * count * xSize,
    );
  }
  threads.join();
}
