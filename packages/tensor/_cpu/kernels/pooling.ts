/** Pooling over windows of images; vectors run along the channels. @module */

import type { FunctionBuilder, Local } from "../assembler.ts";
import type { Library } from "../library.ts";
import { f32, f32x4, i32, i32x4, memory, select, v128, type Value } from "../instructions.ts";
import { storeVector, type VectorPlace } from "./vectors.ts";

/** Numbers of the kernels of this file. */
export interface PoolingKernels {
  readonly maxPool: number;
  readonly maxPoolGradient: number;
  readonly averagePool: number;
  readonly averagePoolGradient: number;
}

export function addPooling(library: Library): PoolingKernels {
  return {
    maxPool: addMaxPool(library),
    maxPoolGradient: addMaxPoolGradient(library),
    averagePool: addAveragePool(library),
    averagePoolGradient: addAveragePoolGradient(library),
  };
}

type Word = Local<"i32">;

/** `x` is the larger image, `y` the pooled one; `plan` holds the words of {@linkcode POOL_PLAN}. */
const PARAMETERS = {
  x: "i32",
  y: "i32",
  indices: "i32",
  plan: "i32",
  firstImage: "i32",
  images: "i32",
} as const;

/** Words of a plan, in their order. */
export const POOL_PLAN = [
  "height",
  "width",
  "channels",
  "rows",
  "columns",
  "windowHeight",
  "windowWidth",
  "strideHeight",
  "strideWidth",
  "top",
  "left",
] as const;

interface Window {
  /** Pixels of `x` in the window: rows and columns from, and up to but without. */
  readonly rows: readonly [Word, Word];
  readonly columns: readonly [Word, Word];
  /** Number of the image's first pixel in all of `x`. */
  readonly imagePixel: Word;
  /** The pixel of `y`. */
  readonly y: Word;
  /** Bytes from the start of `y`. */
  readonly yOffset: Word;
  readonly channels: Word;
  readonly width: Word;
}

/** Visits the windows of all pixels of `y` in some images. */
function forEachWindow(
  f: FunctionBuilder,
  p: { y: Word; plan: Word; firstImage: Word; images: Word },
  visit: (window: Window) => void,
): void {
  const plan = Object.fromEntries(
    POOL_PLAN.map((name, at) => [name, f.let(i32.load(p.plan, 4 * at))]),
  ) as Record<(typeof POOL_PLAN)[number], Word>;
  const [image, row, column] = [f.local("i32"), f.local("i32"), f.local("i32")];
  const pixelBytes = f.let(i32.shl(plan.channels, 2));
  const imageOfY = i32.mul(i32.mul(plan.rows, plan.columns), pixelBytes);
  const yOffset = f.let(i32.mul(p.firstImage, imageOfY));
  const lastImage = f.let(i32.add(p.firstImage, p.images));
  f.for(image, { from: p.firstImage, to: lastImage }, () => {
    const imagePixel = f.let(i32.mul(image, i32.mul(plan.height, plan.width)));
    f.for(row, { from: 0, to: plan.rows }, () => {
      const rows = span(f, {
        first: i32.sub(i32.mul(row, plan.strideHeight), plan.top),
        length: plan.windowHeight,
        limit: plan.height,
      });
      f.for(column, { from: 0, to: plan.columns }, () => {
        const columns = span(f, {
          first: i32.sub(i32.mul(column, plan.strideWidth), plan.left),
          length: plan.windowWidth,
          limit: plan.width,
        });
        visit({
          rows,
          columns,
          imagePixel,
          y: f.let(i32.add(p.y, yOffset)),
          yOffset,
          channels: plan.channels,
          width: plan.width,
        });
        f.increase(yOffset, pixelBytes);
      });
    });
  });
}

/** What of a window lies inside `[0, limit)`. */
function span(
  f: FunctionBuilder,
  { first, length, limit }: { first: Value<"i32">; length: Word; limit: Word },
): readonly [Word, Word] {
  const from = f.let(first);
  const to = f.let(i32.add(from, length));
  f.set(to, select(i32.ltS(to, limit), to, limit));
  f.set(from, select(i32.gtS(from, 0), from, i32.constant(0)));
  return [from, to];
}

/** Visits the pixels of a window; `at` counts numbers of `x` up to the pixel's first channel. */
function forEachPixel(f: FunctionBuilder, window: Window, visit: (at: Word) => void): void {
  const [row, column, at] = [f.local("i32"), f.local("i32"), f.local("i32")];
  f.for(row, { from: window.rows[0], to: window.rows[1] }, () => {
    const pixel = i32.add(i32.mul(row, window.width), window.columns[0]);
    f.set(at, i32.mul(i32.add(window.imagePixel, pixel), window.channels));
    f.for(column, { from: window.columns[0], to: window.columns[1] }, () => {
      visit(at);
      f.increase(at, window.channels);
    });
  });
}

/** Vectors of channels that one visit of a window takes, where there are so many. */
const WIDE = 4;

/**
 * Visits the channels of a window, four vectors at a time and then vector by vector: what is found in the
 * window's pixels stays in registers.
 */
function forEachChannels(
  f: FunctionBuilder,
  { channels }: Window,
  visit: (place: VectorPlace, vectors: number) => void,
): void {
  const offset = f.let(i32.constant(0));
  const left = f.let(channels);
  const take = (vectors: number) => {
    visit({ offset, left }, vectors);
    f.increase(offset, 16 * vectors);
    f.increase(left, -4 * vectors);
  };
  f.while(i32.geS(left, 4 * WIDE), () => take(WIDE));
  f.while(i32.gtS(left, 0), () => take(1));
}

/** Stores vectors of a pixel: many are whole, a single one may be the last. */
function storeChannels(
  f: FunctionBuilder,
  pixel: Word,
  { values, place }: { values: readonly Value<"v128">[]; place: VectorPlace },
): void {
  if (values.length === 1) return storeVector(f, pixel, values[0]!, place);
  const address = f.let(i32.add(pixel, place.offset));
  values.forEach((value, u) => f.run(v128.store(address, value, 16 * u)));
}

function addMaxPool(library: Library): number {
  return library.add("maxPool", { parameters: PARAMETERS }, (f, p) => {
    forEachWindow(f, p, (window) => {
      const indices = f.let(i32.add(p.indices, window.yOffset));
      forEachChannels(f, window, (place, vectors) => {
        const best = Array.from({ length: vectors }, () => f.let(f32x4.constant(-Infinity)));
        const places = Array.from({ length: vectors }, () => f.local("v128"));
        const isFirst = f.let(i32x4.constant(-1));
        forEachPixel(f, window, (at) => {
          const number = f.let(i32.add(at, i32.shrU(place.offset, 2)));
          const index = f.let(i32x4.add(i32x4.splat(number), i32x4.lanes([0, 1, 2, 3])));
          const pixel = f.let(i32.add(p.x, i32.shl(number, 2)));
          best.forEach((leader, u) => {
            const x = f.let(v128.load(pixel, 16 * u));
            // Only a larger number, or the first NaN, takes the lead: a tie stays with the first.
            const leads = f.let(
              v128.or(v128.andNot(f32x4.eq(leader, leader), f32x4.le(x, leader)), isFirst),
            );
            f.set(leader, v128.select(leads, x, leader));
            f.set(places[u]!, v128.select(leads, i32x4.add(index, 4 * u), places[u]!));
          });
          f.set(isFirst, i32x4.constant(0));
        });
        storeChannels(f, window.y, { values: best, place });
        f.if(p.indices, () => storeChannels(f, indices, { values: places, place }));
      });
    });
  });
}

/** `x` becomes zero, then each of `count` numbers of `dy` is added where its index says. */
function addMaxPoolGradient(library: Library): number {
  const parameters = {
    dy: "i32",
    indices: "i32",
    count: "i32",
    x: "i32",
    from: "i32",
    sizeBytes: "i32",
  } as const;
  return library.add("maxPoolGradient", { parameters }, (f, p) => {
    f.run(memory.fill(p.from, 0, p.sizeBytes));
    const offset = f.local("i32");
    f.for(offset, { from: 0, to: i32.shl(p.count, 2), step: 4 }, () => {
      const index = i32.load(i32.add(p.indices, offset));
      const at = f.let(i32.add(p.x, i32.shl(index, 2)));
      f.run(f32.store(at, f32.add(f32.load(at), f32.load(i32.add(p.dy, offset)))));
    });
  });
}

/** How many pixels of `x` are in the window. */
function pixelsOf({ rows, columns }: Window): Value<"v128"> {
  const count = i32.mul(i32.sub(rows[1], rows[0]), i32.sub(columns[1], columns[0]));
  return f32x4.splat(f32.convert(count));
}

function addAveragePool(library: Library): number {
  return library.add("averagePool", { parameters: PARAMETERS }, (f, p) => {
    forEachWindow(f, p, (window) => {
      const pixels = f.let(pixelsOf(window));
      forEachChannels(f, window, (place, vectors) => {
        const sums = Array.from({ length: vectors }, () => f.let(f32x4.constant(0)));
        forEachPixel(f, window, (at) => {
          const pixel = f.let(i32.add(i32.add(p.x, i32.shl(at, 2)), place.offset));
          sums.forEach((sum, u) => f.set(sum, f32x4.add(sum, v128.load(pixel, 16 * u))));
        });
        const values = sums.map((sum) => f32x4.div(sum, pixels));
        storeChannels(f, window.y, { values, place });
      });
    });
  });
}

/** Here `x` is written, after it became zero, and `y` is read. */
function addAveragePoolGradient(library: Library): number {
  return library.add("averagePoolGradient", { parameters: PARAMETERS }, (f, p) => {
    const imageBytes = f.let(
      i32.shl(i32.mul(i32.mul(i32.load(p.plan), i32.load(p.plan, 4)), i32.load(p.plan, 8)), 2),
    );
    f.run(
      memory.fill(
        i32.add(p.x, i32.mul(p.firstImage, imageBytes)),
        0,
        i32.mul(p.images, imageBytes),
      ),
    );
    forEachWindow(f, p, (window) => {
      const pixels = f.let(pixelsOf(window));
      forEachChannels(f, window, (place, vectors) => {
        const y = f.let(i32.add(window.y, place.offset));
        const slopes = Array.from(
          { length: vectors },
          (_, u) => f.let(f32x4.div(v128.load(y, 16 * u), pixels)),
        );
        forEachPixel(f, window, (at) => {
          const pixel = f.let(i32.add(p.x, i32.shl(at, 2)));
          const row = f.let(i32.add(pixel, place.offset));
          const values = slopes.map((slope, u) => f32x4.add(v128.load(row, 16 * u), slope));
          storeChannels(f, pixel, { values, place });
        });
      });
    });
  });
}
