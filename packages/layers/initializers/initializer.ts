import type { Random } from "@gradus/random";
import type { Shape } from "@gradus/tensor";

/**
 * Makes the initial values of a parameter: as many numbers as the shape has, row-major, in float64, so
 * that the same seed starts every backend from the same values.
 *
 * Dense weights are `[in, out]`, convolution kernels `[height, width, in, out]`.
 */
export type Initializer = (shape: Shape, random: Random) => Float64Array;
