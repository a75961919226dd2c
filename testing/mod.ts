/**
 * What the packages' tests share; never published.
 *
 * @module
 */

export { backendContract } from "./backend_contract.ts";
export type { KernelName, Open, RowName, Skip, Subtlety } from "./kernel_contract.ts";
