/**
 * A kernel of the contract that a backend of TensorFlow.js cannot run, as it lacks one of the kernels
 * that it is composed of.
 *
 * @example
 * ```ts
 * import { UnsupportedError } from "@gradus/tfjs";
 * import { assertEquals } from "@std/assert";
 *
 * const error = new UnsupportedError({ kernel: "conv2d", missing: "Conv2D", on: "wasm" });
 * assertEquals(
 *   error.message,
 *   "Cannot run conv2d as TensorFlow.js must have the kernel Conv2D: found none on its backend wasm",
 * );
 * ```
 */
export class UnsupportedError extends Error {
  /** Always `"UnsupportedError"`. */
  override readonly name = "UnsupportedError";
  /** The method of `Backend` that was called. */
  readonly kernel: string;
  /** The kernel of TensorFlow.js that is not there. */
  readonly missing: string;

  /**
   * An error about one kernel.
   *
   * @param names The method that was called, the kernel that it misses, and the backend of TensorFlow.js.
   * @param options The error that TensorFlow.js threw.
   */
  constructor(
    names: { readonly kernel: string; readonly missing: string; readonly on: string },
    options: ErrorOptions = {},
  ) {
    const { kernel, missing, on } = names;
    super(
      `Cannot run ${kernel} as TensorFlow.js must have the kernel ${missing}: found none on its backend ${on}`,
      options,
    );
    this.kernel = kernel;
    this.missing = missing;
  }
}
