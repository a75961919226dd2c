import type { Tensor } from "@gradus/tensor";
import type { Schedule } from "./schedule.ts";

/**
 * What an optimizer needs to know of a parameter; those of a model have it.
 *
 * @example
 * ```ts
 * import { type OptimizedParameter, Sgd } from "@gradus/optim";
 * import { tensor } from "@gradus/tensor";
 * import { reference } from "@gradus/tensor/reference";
 * import { assertEquals } from "@std/assert";
 *
 * const backend = reference();
 * const weight: OptimizedParameter = {
 *   name: "weight",
 *   value: tensor(backend, [1, 2]),
 *   gradient: tensor(backend, [4, -4]),
 *   trainable: true,
 * };
 * new Sgd([weight], { learningRate: 0.25 }).step();
 *
 * assertEquals(await weight.value.data(), new Float32Array([0, 3]));
 * ```
 */
export interface OptimizedParameter {
  /** Names it in messages and saved state; no other parameter of the optimizer has the same. */
  readonly name: string;
  /** The numbers, overwritten by each step. The tensor stays the same. */
  readonly value: Tensor;
  /**
   * ∂L/∂value, in the shape of the value, as the last backward left it. The tensor stays the same.
   */
  readonly gradient: Tensor;
  /** Whether the next step may change the value. It is read at each step. */
  readonly trainable: boolean;
}

/** Parameters with settings of their own. */
export interface ParameterGroup {
  /** The parameters. */
  readonly parameters: readonly OptimizedParameter[];
  /** As the optimizer's. Default: the optimizer's. */
  readonly learningRate?: number | Schedule;
  /** As the optimizer's. Default: the optimizer's. */
  readonly weightDecay?: number;
}

/** What an optimizer is made for: parameters, or groups of them. */
export type OptimizedParameters = readonly OptimizedParameter[] | readonly ParameterGroup[];
