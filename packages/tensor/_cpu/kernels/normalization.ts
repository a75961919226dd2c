/**
 * Normalisation by channel (a column of `[rows, channels]`) and by row. Sums are kept in float64; those by
 * channel are accumulators, one row of them a part, as in `reductions.ts`.
 *
 * @module
 */

import type { FunctionBuilder, Local } from "../assembler.ts";
import type { Library } from "../library.ts";
import { f32, f32x4, f64, f64x2, i32, type Term, v128, type Value } from "../instructions.ts";
import {
  demoted,
  forEachRowGroup,
  forEachVector,
  insideMask,
  loadVector,
  promoted,
  storeVector,
  sumOfPair,
  type VectorPlace,
} from "./vectors.ts";

/** Numbers of the kernels of this file. */
export interface NormalizationKernels {
  readonly channelSums: number;
  readonly channelMoments: number;
  readonly normalizeChannels: number;
  readonly channelGradients: number;
  readonly channelInputGradient: number;
  readonly layerNorm: number;
  readonly layerNormGradient: number;
  readonly featureGradients: number;
}

export function addNormalization(library: Library): NormalizationKernels {
  return {
    channelSums: addChannelSums(library),
    channelMoments: addChannelMoments(library),
    normalizeChannels: addNormalizeChannels(library),
    channelGradients: addChannelGradients(library),
    channelInputGradient: addChannelInputGradient(library),
    layerNorm: addLayerNorm(library),
    layerNormGradient: addLayerNormGradient(library),
    featureGradients: addFeatureGradients(library),
  };
}

type Word = Local<"i32">;
type Variable = Local<"v128">;

/** Float64 sums of the lanes of float32 vectors. */
class WideSum {
  readonly #f: FunctionBuilder;
  readonly low: Variable;
  readonly high: Variable;

  constructor(f: FunctionBuilder) {
    this.#f = f;
    this.low = f.let(f64x2.constant(0));
    this.high = f.let(f64x2.constant(0));
  }

  add(vector: Value<"v128">): void {
    const f = this.#f;
    const [first, last] = promoted(f, vector);
    f.set(this.low, f64x2.add(this.low, first));
    f.set(this.high, f64x2.add(this.high, last));
  }

  addSquare(vector: Value<"v128">): void {
    const f = this.#f;
    const [first, last] = promoted(f, vector).map((pair) => f.let(pair)) as [Variable, Variable];
    f.set(this.low, f64x2.add(this.low, f64x2.mul(first, first)));
    f.set(this.high, f64x2.add(this.high, f64x2.mul(last, last)));
  }

  /** All lanes together. */
  total(): Value<"f64"> {
    return sumOfPair(this.#f, f64x2.add(this.low, this.high));
  }
}

/** Where the accumulators of a vector of columns are. */
function sumsOf(f: FunctionBuilder, sums: Word, { offset }: VectorPlace): Word {
  return f.let(i32.add(sums, i32.shl(offset, 1)));
}

/** Makes the accumulators of a row zero. */
function clear(f: FunctionBuilder, sums: Word, columns: Word): void {
  forEachVector(f, columns, (place) => {
    const at = sumsOf(f, sums, place);
    for (const half of [0, 16]) f.run(v128.store(at, f64x2.constant(0), half));
  });
}

/** Adds the sums of a block to accumulators. */
function addTo(f: FunctionBuilder, address: Word, { low, high }: WideSum): void {
  [low, high].forEach((sum, half) => {
    f.run(v128.store(address, f64x2.add(v128.load(address, 16 * half), sum), 16 * half));
  });
}

/** `sums = Σ (x − origin)` and `squares = Σ (x − origin)²` of each channel. */
function addChannelSums(library: Library): number {
  const parameters = {
    x: "i32",
    rows: "i32",
    channels: "i32",
    origin: "i32",
    sums: "i32",
    squares: "i32",
  } as const;
  return library.add("channelSums", { parameters }, (f, p) => {
    const stride = f.let(i32.shl(p.channels, 2));
    for (const sums of [p.sums, p.squares]) clear(f, sums, p.channels);
    const advance = (rows: Term<"i32">) => f.increase(p.x, i32.mul(stride, rows));
    forEachRowGroup(
      f,
      { rows: p.rows, columns: p.channels, stride, advance },
      (place, { rows, step }) => {
        const origin = f.let(loadVector(p.origin, place));
        const [sum, square] = [new WideSum(f), new WideSum(f)];
        const row = f.let(i32.add(p.x, place.offset));
        for (let u = 0; u < rows; u++) {
          const distance = f.let(f32x4.sub(v128.load(row), origin));
          sum.add(distance);
          square.addSquare(distance);
          f.increase(row, step);
        }
        addTo(f, sumsOf(f, p.sums, place), sum);
        addTo(f, sumsOf(f, p.squares, place), square);
      },
    );
  });
}

/**
 * Mean and inverse deviation of each channel, and the running statistics, from the sums of `parts` parts.
 * Numbers were taken relative to an origin of the channel, its first, so that squares of small differences
 * do not cancel in one pass.
 */
function addChannelMoments(library: Library): number {
  const parameters = {
    sums: "i32",
    squares: "i32",
    parts: "i32",
    stride: "i32",
    origin: "i32",
    rows: "i32",
    channels: "i32",
    epsilon: "f64",
    momentum: "f64",
    mean: "i32",
    inverse: "i32",
    runningMean: "i32",
    runningVariance: "i32",
  } as const;
  return library.add("channelMoments", { parameters }, (f, p) => {
    const count = f.let(f64x2.splat(f64.convert(p.rows)));
    const unbiased = f.let(f64x2.div(count, f64x2.sub(count, 1)));
    const fresh = f.let(f64x2.splat(p.momentum));
    const kept = f.let(f64x2.sub(1, fresh));
    forEachVector(f, p.channels, (place) => {
      const total = (sums: Word): WideSum => {
        const sum = new WideSum(f);
        const [at, left] = [sumsOf(f, sums, place), f.let(p.parts)];
        f.while(left, () => {
          f.set(sum.low, f64x2.add(sum.low, v128.load(at)));
          f.set(sum.high, f64x2.add(sum.high, v128.load(at, 16)));
          f.increase(at, p.stride);
          f.increase(left, -1);
        });
        return sum;
      };
      const [sum, squares] = [total(p.sums), total(p.squares)];
      const origins = promoted(f, loadVector(p.origin, place));
      const halves = [
        { sum: sum.low, squares: squares.low, origin: origins[0] },
        { sum: sum.high, squares: squares.high, origin: origins[1] },
      ].map((half) => {
        const shift = f.let(f64x2.div(half.sum, count));
        const variance = f64x2.sub(f64x2.div(half.squares, count), f64x2.mul(shift, shift));
        return {
          mean: f.let(f64x2.add(half.origin, shift)),
          // Rounding may leave less than nothing; NaN stays.
          variance: f.let(f64x2.max(variance, 0)),
        };
      });
      const [low, high] = halves as [(typeof halves)[0], (typeof halves)[0]];
      const store = (to: Word, value: (half: typeof low) => Value<"v128">) =>
        storeVector(f, to, demoted(value(low), value(high)), place);
      store(p.mean, ({ mean }) => mean);
      store(
        p.inverse,
        ({ variance }) => f64x2.div(1, f64x2.sqrt(f64x2.add(variance, f64x2.splat(p.epsilon)))),
      );
      const mix = (running: Word, batch: (half: typeof low) => Value<"v128">) => {
        const before = promoted(f, loadVector(running, place)).map((pair) => f.let(pair));
        const [first, last] = [low, high].map((half, at) =>
          f64x2.add(f64x2.mul(kept, before[at]!), f64x2.mul(fresh, batch(half)))
        ) as [Value<"v128">, Value<"v128">];
        storeVector(f, running, demoted(first, last), place);
      };
      mix(p.runningMean, ({ mean }) => mean);
      mix(p.runningVariance, ({ variance }) => f64x2.mul(variance, unbiased));
    });
  });
}

/** `y = (x − mean) · inverse · scale + shift`. */
function addNormalizeChannels(library: Library): number {
  const parameters = {
    x: "i32",
    rows: "i32",
    channels: "i32",
    mean: "i32",
    inverse: "i32",
    scale: "i32",
    shift: "i32",
    y: "i32",
  } as const;
  return library.add("normalizeChannels", { parameters }, (f, p) => {
    const stride = f.let(i32.shl(p.channels, 2));
    const advance = (rows: Term<"i32">) => {
      for (const row of [p.x, p.y]) f.increase(row, i32.mul(stride, rows));
    };
    forEachRowGroup(
      f,
      { rows: p.rows, columns: p.channels, stride, advance },
      (place, { rows, step }) => {
        const [mean, inverse, scale, shift] = [p.mean, p.inverse, p.scale, p.shift].map((row) =>
          f.let(loadVector(row, place))
        ) as [Variable, Variable, Variable, Variable];
        const [x, y] = [f.let(p.x), f.let(p.y)];
        for (let u = 0; u < rows; u++) {
          const normal = f32x4.mul(f32x4.sub(loadVector(x, place), mean), inverse);
          storeVector(f, y, f32x4.add(f32x4.mul(normal, scale), shift), place);
          for (const row of [x, y]) f.increase(row, step);
        }
      },
    );
  });
}

/** `dots = Σ dy · x̂` and `sums = Σ dy` of each channel, x̂ = (x − mean) · inverse. */
function addChannelGradients(library: Library): number {
  const parameters = {
    x: "i32",
    dy: "i32",
    rows: "i32",
    channels: "i32",
    mean: "i32",
    inverse: "i32",
    dots: "i32",
    sums: "i32",
  } as const;
  return library.add("channelGradients", { parameters }, (f, p) => {
    const stride = f.let(i32.shl(p.channels, 2));
    for (const sums of [p.dots, p.sums]) clear(f, sums, p.channels);
    const advance = (rows: Term<"i32">) => {
      for (const row of [p.x, p.dy]) f.increase(row, i32.mul(stride, rows));
    };
    forEachRowGroup(
      f,
      { rows: p.rows, columns: p.channels, stride, advance },
      (place, { rows, step }) => {
        const [mean, inverse] = [
          f.let(loadVector(p.mean, place)),
          f.let(loadVector(p.inverse, place)),
        ];
        const [sum, dot] = [new WideSum(f), new WideSum(f)];
        const [x, slope] = [f.let(i32.add(p.x, place.offset)), f.let(i32.add(p.dy, place.offset))];
        for (let u = 0; u < rows; u++) {
          const dy = f.let(v128.load(slope));
          sum.add(dy);
          dot.add(f32x4.mul(f32x4.mul(f32x4.sub(v128.load(x), mean), inverse), dy));
          for (const row of [x, slope]) f.increase(row, step);
        }
        addTo(f, sumsOf(f, p.dots, place), dot);
        addTo(f, sumsOf(f, p.sums, place), sum);
      },
    );
  });
}

/** `dx = scale · inverse · (dy − dShift · share − x̂ · dScale · share)`, share = 1 / rows of the batch. */
function addChannelInputGradient(library: Library): number {
  const parameters = {
    x: "i32",
    dy: "i32",
    rows: "i32",
    channels: "i32",
    mean: "i32",
    inverse: "i32",
    scale: "i32",
    dScale: "i32",
    dShift: "i32",
    share: "f32",
    dx: "i32",
  } as const;
  return library.add("channelInputGradient", { parameters }, (f, p) => {
    const share = f.let(f32x4.splat(p.share));
    const stride = f.let(i32.shl(p.channels, 2));
    const advance = (rows: Term<"i32">) => {
      for (const row of [p.x, p.dy, p.dx]) f.increase(row, i32.mul(stride, rows));
    };
    forEachRowGroup(
      f,
      { rows: p.rows, columns: p.channels, stride, advance },
      (place, { rows, step }) => {
        const [mean, inverse] = [
          f.let(loadVector(p.mean, place)),
          f.let(loadVector(p.inverse, place)),
        ];
        const along = f.let(f32x4.mul(loadVector(p.dScale, place), share));
        const common = f.let(f32x4.mul(loadVector(p.dShift, place), share));
        const factor = f.let(f32x4.mul(loadVector(p.scale, place), inverse));
        const [x, dy, dx] = [f.let(p.x), f.let(p.dy), f.let(p.dx)];
        for (let u = 0; u < rows; u++) {
          const normal = f32x4.mul(f32x4.sub(loadVector(x, place), mean), inverse);
          const rest = f32x4.sub(
            f32x4.sub(loadVector(dy, place), common),
            f32x4.mul(along, normal),
          );
          storeVector(f, dx, f32x4.mul(factor, rest), place);
          for (const row of [x, dy, dx]) f.increase(row, step);
        }
      },
    );
  });
}

function addLayerNorm(library: Library): number {
  const parameters = {
    x: "i32",
    rows: "i32",
    features: "i32",
    epsilon: "f64",
    scale: "i32",
    shift: "i32",
    y: "i32",
    mean: "i32",
    inverse: "i32",
  } as const;
  return library.add("layerNorm", { parameters }, (f, p) => {
    const count = f.let(f64.convert(p.features));
    f.while(p.rows, () => {
      const sum = new WideSum(f);
      forEachVector(
        f,
        p.features,
        (place) => sum.add(v128.and(loadVector(p.x, place), insideMask(place))),
      );
      const mean = f.let(f32.demote(f64.div(sum.total(), count)));
      const means = f.let(f32x4.splat(mean));
      const squares = new WideSum(f);
      forEachVector(f, p.features, (place) => {
        squares.addSquare(v128.and(f32x4.sub(loadVector(p.x, place), means), insideMask(place)));
      });
      const variance = f64.add(f64.div(squares.total(), count), p.epsilon);
      const inverse = f.let(f32.demote(f64.div(1, f64.sqrt(variance))));
      forEachVector(f, p.features, (place) => {
        const normal = f32x4.mul(f32x4.sub(loadVector(p.x, place), means), f32x4.splat(inverse));
        const y = f32x4.add(
          f32x4.mul(normal, loadVector(p.scale, place)),
          loadVector(p.shift, place),
        );
        storeVector(f, p.y, y, place);
      });
      f.run(f32.store(p.mean, mean));
      f.run(f32.store(p.inverse, inverse));
      for (const row of [p.x, p.y]) f.increase(row, i32.shl(p.features, 2));
      for (const row of [p.mean, p.inverse]) f.increase(row, 4);
      f.increase(p.rows, -1);
    });
  });
}

/** `dx = inverse · (g − mean(g) − x̂ · mean(g · x̂))`, g = dy · scale. */
function addLayerNormGradient(library: Library): number {
  const parameters = {
    x: "i32",
    dy: "i32",
    rows: "i32",
    features: "i32",
    scale: "i32",
    mean: "i32",
    inverse: "i32",
    dx: "i32",
  } as const;
  return library.add("layerNormGradient", { parameters }, (f, p) => {
    const count = f.let(f64.convert(p.features));
    const [mean, inverse, slope, normal] = [
      f.local("v128"),
      f.local("v128"),
      f.local("v128"),
      f.local("v128"),
    ];
    const read = (place: VectorPlace) => {
      f.set(slope, f32x4.mul(loadVector(p.dy, place), loadVector(p.scale, place)));
      f.set(normal, f32x4.mul(f32x4.sub(loadVector(p.x, place), mean), inverse));
    };
    f.while(p.rows, () => {
      f.set(mean, v128.load32Splat(p.mean));
      f.set(inverse, v128.load32Splat(p.inverse));
      const [sum, dot] = [new WideSum(f), new WideSum(f)];
      forEachVector(f, p.features, (place) => {
        read(place);
        sum.add(v128.and(slope, insideMask(place)));
        dot.add(v128.and(f32x4.mul(slope, normal), insideMask(place)));
      });
      const average = (total: Value<"f64">): Term<"v128"> =>
        f.let(f32x4.splat(f32.demote(f64.div(total, count))));
      const [common, along] = [average(sum.total()), average(dot.total())];
      forEachVector(f, p.features, (place) => {
        read(place);
        const rest = f32x4.sub(f32x4.sub(slope, common), f32x4.mul(normal, along));
        storeVector(f, p.dx, f32x4.mul(inverse, rest), place);
      });
      for (const row of [p.x, p.dy, p.dx]) f.increase(row, i32.shl(p.features, 2));
      for (const row of [p.mean, p.inverse]) f.increase(row, 4);
      f.increase(p.rows, -1);
    });
  });
}

/** As `channelGradients`, with a mean and an inverse deviation for each row. */
function addFeatureGradients(library: Library): number {
  const parameters = {
    x: "i32",
    dy: "i32",
    rows: "i32",
    features: "i32",
    mean: "i32",
    inverse: "i32",
    dots: "i32",
    sums: "i32",
  } as const;
  return library.add("featureGradients", { parameters }, (f, p) => {
    const stride = f.let(i32.shl(p.features, 2));
    for (const sums of [p.dots, p.sums]) clear(f, sums, p.features);
    const advance = (rows: Term<"i32">) => {
      for (const row of [p.x, p.dy]) f.increase(row, i32.mul(stride, rows));
      for (const row of [p.mean, p.inverse]) f.increase(row, i32.mul(4, rows));
    };
    forEachRowGroup(f, { rows: p.rows, columns: p.features, stride, advance }, (place, group) => {
      const [sum, dot] = [new WideSum(f), new WideSum(f)];
      const [mean, inverse] = [f.let(p.mean), f.let(p.inverse)];
      const [x, slope] = [f.let(i32.add(p.x, place.offset)), f.let(i32.add(p.dy, place.offset))];
      for (let u = 0; u < group.rows; u++) {
        const dy = f.let(v128.load(slope));
        const distance = f32x4.sub(v128.load(x), v128.load32Splat(mean));
        sum.add(dy);
        dot.add(f32x4.mul(f32x4.mul(distance, v128.load32Splat(inverse)), dy));
        for (const row of [x, slope]) f.increase(row, group.step);
        for (const row of [mean, inverse]) f.increase(row, i32.shl(group.apart, 2));
      }
      addTo(f, sumsOf(f, p.dots, place), dot);
      addTo(f, sumsOf(f, p.sums, place), sum);
    });
  });
}
