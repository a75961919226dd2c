/** Convolution where each channel is a group of its own; vectors run along the channels. @module */

import { f32x4, i32, v128 } from "../instructions.ts";
import type { Library } from "../library.ts";
import type { Arithmetic } from "./arithmetic.ts";
import { RELU } from "./products.ts";
import { forEachVector, loadVector, storeVector } from "./vectors.ts";

/** Numbers of the kernels of this file. */
export interface DepthwiseKernels {
  readonly correlate: number;
  readonly kernelGradient: number;
}

export function addDepthwise(library: Library, arithmetic: Arithmetic): DepthwiseKernels {
  return {
    correlate: addCorrelate(library, arithmetic),
    kernelGradient: addKernelGradient(library, arithmetic),
  };
}

/** A pixel's patch is at `x + patches[pixel]`, and a tap of it `offsets[tap]` bytes further. */
const PARAMETERS = {
  pixels: "i32",
  channels: "i32",
  x: "i32",
  patches: "i32",
  offsets: "i32",
  taps: "i32",
} as const;

/** `y = activation(Σ x[tap] · weights[tap] + bias)`, to `y + places[pixel]`, or pixel after pixel without places. */
function addCorrelate(library: Library, { madd }: Arithmetic): number {
  const parameters = {
    ...PARAMETERS,
    weights: "i32",
    y: "i32",
    places: "i32",
    flags: "i32",
    bias: "i32",
  } as const;
  return library.add("depthwiseCorrelate", { parameters }, (f, p) => {
    const rowBytes = f.let(i32.shl(p.channels, 2));
    const [pixel, to, tap, weights] = [
      f.local("i32"),
      f.local("i32"),
      f.local("i32"),
      f.local("i32"),
    ];
    f.for(pixel, { from: 0, to: i32.shl(p.pixels, 2), step: 4 }, () => {
      const patch = f.let(i32.add(p.x, i32.load(i32.add(p.patches, pixel))));
      f.if(
        p.places,
        () => f.set(to, i32.add(p.y, i32.load(i32.add(p.places, pixel)))),
        () => f.set(to, i32.add(p.y, i32.mul(pixel, p.channels))),
      );
      forEachVector(f, p.channels, (place) => {
        const sum = f.let(f32x4.constant(0));
        const first = f.let(i32.add(patch, place.offset));
        f.set(weights, i32.add(p.weights, place.offset));
        f.for(tap, { from: 0, to: i32.shl(p.taps, 2), step: 4 }, () => {
          const x = v128.load(i32.add(first, i32.load(i32.add(p.offsets, tap))));
          f.set(sum, madd(x, v128.load(weights), sum));
          f.increase(weights, rowBytes);
        });
        f.if(p.bias, () => f.set(sum, f32x4.add(sum, loadVector(p.bias, place))));
        f.if(i32.and(p.flags, RELU), () => f.set(sum, v128.andNot(sum, f32x4.lt(sum, 0))));
        storeVector(f, to, sum, place);
      });
    });
  });
}

/** `sums[tap] += Σ x[tap] · dy` over the pixels of an image. */
function addKernelGradient(library: Library, { madd }: Arithmetic): number {
  const parameters = { ...PARAMETERS, dy: "i32", sums: "i32" } as const;
  return library.add("depthwiseKernelGradient", { parameters }, (f, p) => {
    const rowBytes = f.let(i32.shl(p.channels, 2));
    const [pixel, tap, sums] = [f.local("i32"), f.local("i32"), f.local("i32")];
    f.for(pixel, { from: 0, to: i32.shl(p.pixels, 2), step: 4 }, () => {
      const patch = f.let(i32.add(p.x, i32.load(i32.add(p.patches, pixel))));
      forEachVector(f, p.channels, (place) => {
        const first = f.let(i32.add(patch, place.offset));
        const dy = f.let(loadVector(p.dy, place));
        f.set(sums, p.sums);
        f.for(tap, { from: 0, to: i32.shl(p.taps, 2), step: 4 }, () => {
          const x = v128.load(i32.add(first, i32.load(i32.add(p.offsets, tap))));
          const sum = loadVector(sums, place);
          storeVector(f, sums, madd(x, dy, sum), place);
          f.increase(sums, rowBytes);
        });
      });
      f.increase(p.dy, rowBytes);
    });
  });
}
