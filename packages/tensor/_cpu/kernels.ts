import { type MemoryImport, ModuleBuilder } from "./assembler.ts";
import { plain, relaxed } from "./kernels/arithmetic.ts";
import { addElementwise, type ElementwiseKernels } from "./kernels/elementwise.ts";
import { addMovement, type MovementKernels } from "./kernels/movement.ts";
import { addNormalization, type NormalizationKernels } from "./kernels/normalization.ts";
import { addPooling, type PoolingKernels } from "./kernels/pooling.ts";
import { addProducts, type ProductKernels } from "./kernels/products.ts";
import { addReductions, type ReductionKernels } from "./kernels/reductions.ts";
import { addSoftmax, type SoftmaxKernels } from "./kernels/softmax.ts";
import { addSteps, type StepKernels } from "./kernels/steps.ts";

/** Instructions that the kernels are made of: with fused multiply-adds, or without. */
export type Simd = "relaxed" | "plain";

/** The number of each kernel among the exports of the module. */
export interface Kernels {
  readonly elementwise: ElementwiseKernels;
  readonly movement: MovementKernels;
  readonly normalization: NormalizationKernels;
  readonly pooling: PoolingKernels;
  readonly products: ProductKernels;
  readonly reductions: ReductionKernels;
  readonly softmax: SoftmaxKernels;
  readonly steps: StepKernels;
}

/** Writes the module of all kernels. */
export function assembleKernels(
  simd: Simd,
  memory: MemoryImport,
): { bytes: Uint8Array<ArrayBuffer>; kernels: Kernels; tileRows: number } {
  const arithmetic = simd === "relaxed" ? relaxed : plain;
  const module = new ModuleBuilder(memory);
  const kernels: Kernels = {
    elementwise: addElementwise(module, arithmetic),
    movement: addMovement(module),
    normalization: addNormalization(module),
    pooling: addPooling(module),
    products: addProducts(module, arithmetic),
    reductions: addReductions(module),
    softmax: addSoftmax(module, arithmetic),
    steps: addSteps(module),
  };
  return { bytes: module.build(), kernels, tileRows: arithmetic.tileRows };
}
