import { plain, relaxed } from "./kernels/arithmetic.ts";
import { addDepthwise, type DepthwiseKernels } from "./kernels/depthwise.ts";
import { addElementwise, type ElementwiseKernels } from "./kernels/elementwise.ts";
import { addMovement, type MovementKernels } from "./kernels/movement.ts";
import { addNormalization, type NormalizationKernels } from "./kernels/normalization.ts";
import { addPlaces, type PlaceKernels } from "./kernels/places.ts";
import { addPooling, type PoolingKernels } from "./kernels/pooling.ts";
import { addProducts, type ProductKernels } from "./kernels/products.ts";
import { addReductions, type ReductionKernels } from "./kernels/reductions.ts";
import { addSoftmax, type SoftmaxKernels } from "./kernels/softmax.ts";
import { addSteps, type StepKernels } from "./kernels/steps.ts";
import type { Library } from "./library.ts";

/** Instructions that the kernels are made of: with fused multiply-adds, or without. */
export type Simd = "relaxed" | "plain";

/** The number of each kernel in the library. */
export interface Kernels {
  readonly depthwise: DepthwiseKernels;
  readonly elementwise: ElementwiseKernels;
  readonly movement: MovementKernels;
  readonly normalization: NormalizationKernels;
  readonly places: PlaceKernels;
  readonly pooling: PoolingKernels;
  readonly products: ProductKernels;
  readonly reductions: ReductionKernels;
  readonly softmax: SoftmaxKernels;
  readonly steps: StepKernels;
}

/** Puts all kernels into a library. */
export function addKernels(
  library: Library,
  simd: Simd,
): { kernels: Kernels; tileRows: number } {
  const arithmetic = simd === "relaxed" ? relaxed : plain;
  const kernels: Kernels = {
    depthwise: addDepthwise(library, arithmetic),
    elementwise: addElementwise(library, arithmetic),
    movement: addMovement(library),
    normalization: addNormalization(library),
    places: addPlaces(library),
    pooling: addPooling(library),
    products: addProducts(library, arithmetic),
    reductions: addReductions(library),
    softmax: addSoftmax(library, arithmetic),
    steps: addSteps(library),
  };
  return { kernels, tileRows: arithmetic.tileRows };
}
