/**
 * What computes a training broke down, such as a GPU that was lost: a program shows its one line, which says
 * how to go on, and ends with exit code 1.
 *
 * @example
 * ```ts
 * import { InterruptedTrainingError } from "@gradus/cli";
 * import { assertEquals } from "@std/assert";
 *
 * const cause = new Error("Cannot use the webgpu backend as its device must be there: found it lost");
 * const { message } = new InterruptedTrainingError(cause, "experiments/cifar/001");
 * assertEquals(
 *   message,
 *   `${cause.message}; all whole epochs are kept: go on with --resume experiments/cifar/001`,
 * );
 * ```
 */
export class InterruptedTrainingError extends Error {
  /** Always `"InterruptedTrainingError"`. */
  override readonly name = "InterruptedTrainingError";
  /** Folder of the run that has the last whole epoch; null if there is none. */
  readonly resumable: string | null;

  /**
   * An error that says what broke down and what is kept.
   *
   * @param cause What broke down.
   * @param resumable Folder of the run that has the last whole epoch; null if there is none.
   */
  constructor(cause: Error, resumable: string | null) {
    const kept = resumable === null
      ? "nothing is kept of the first epoch"
      : `all whole epochs are kept: go on with --resume ${resumable}`;
    super(`${cause.message}; ${kept}`, { cause });
    this.resumable = resumable;
  }
}
