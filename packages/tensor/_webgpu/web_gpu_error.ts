/** Why a {@linkcode WebGpuError} was thrown. */
export type WebGpuFault =
  | "unavailable"
  | "lost"
  | "out-of-memory"
  | "compilation"
  | "validation"
  | "closed";

/**
 * What a device could not do. It comes from the next call after the device has said so, or from the next
 * read, and from every call after that: numbers that were computed beside a failure are not delivered.
 *
 * @example
 * ```ts
 * import { WebGpuError } from "@gradus/tensor/webgpu";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(new WebGpuError("lost", "gone").fault, "lost");
 * ```
 */
export class WebGpuError extends Error {
  /** What kind of failure it was. */
  readonly fault: WebGpuFault;

  /**
   * An error of a device.
   *
   * @param fault What kind of failure it was.
   * @param message What could not be done, and why.
   */
  constructor(fault: WebGpuFault, message: string) {
    super(message);
    this.name = "WebGpuError";
    this.fault = fault;
  }
}
