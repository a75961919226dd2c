import type { Tensor } from "@gradus/tensor";

/** A tensor under the name that files give it. */
export interface NamedTensor {
  /** As a parameter's, with the path in the model. */
  readonly name: string;
  /** The numbers. */
  readonly value: Tensor;
}
