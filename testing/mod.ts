/**
 * What the packages' tests share; never published.
 *
 * @module
 */

export { assertClose } from "./assert_close.ts";
export { assertThrowsExactly } from "./assert_throws_exactly.ts";
export { backendContract } from "./backend_contract.ts";
export { assertPerceptronLosses, perceptronLosses } from "./bounded_perceptron.ts";
export { convolutionalTraining } from "./convolutional_training.ts";
export { halvingBackend } from "./halving_backend.ts";
export {
  type KernelName,
  type Open,
  PRODUCTS,
  type RowName,
  type Skip,
  type Subtlety,
} from "./kernel_contract.ts";
export { lacksWebGpu } from "./lacks_web_gpu.ts";
export { stagedGpu } from "./staged_gpu.ts";
