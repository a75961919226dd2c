import type {
  ActivationOp,
  Backend,
  BinaryOp,
  CompareOp,
  PointwiseLossOp,
  ReduceOp,
  UnaryOp,
} from "@gradus/tensor";

/** A method of the contract that has tests of its own. */
export type KernelName = Exclude<
  keyof Backend,
  "name" | "float" | "activations" | typeof Symbol.asyncDispose
>;

/** The products: a family of kernels of WebGPU differs from the other in these alone, and OpenBLAS from cpu. */
export const PRODUCTS: readonly KernelName[] = [
  "matmul",
  "conv2d",
  "conv2dInputGradient",
  "conv2dKernelGradient",
];

/** A row of a family, such as `unary.erf`. */
export type RowName =
  | `unary.${UnaryOp}`
  | `unaryGradient.${ActivationOp}`
  | `binary.${BinaryOp}`
  | `compare.${CompareOp}`
  | `reduce.${ReduceOp}`
  | `pointwiseLoss.${PointwiseLossOp}`
  | `pointwiseLossGradient.${PointwiseLossOp}`;

/** What some hardware lacks: the sign of zero, and numbers below the smallest normal one. */
export type Subtlety = "signedZeros" | "subnormals";

/** What a backend does not do, each with the reason why. */
export type Skip = Readonly<Partial<Record<KernelName | RowName | Subtlety, string>>>;

/** Opens a backend of its own. */
export type Open = () => Backend | Promise<Backend>;

/** Registers one test of a kernel. */
export type Test = (
  behaviour: string,
  run: (backend: Backend, open: Open) => void | Promise<void>,
  options?: { readonly row?: RowName; readonly needs?: Subtlety },
) => void;

/** Registers all tests of a kernel. */
export type KernelContract = (test: Test) => void;

/** The tests of some kernels. */
export type Contract<Kernels extends KernelName> = Readonly<Record<Kernels, KernelContract>>;
