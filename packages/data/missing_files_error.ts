/**
 * Files that a loader needs are not where it looked; the message tells in one line which and where.
 *
 * A program may catch it to tell its user how to get them.
 *
 * @example
 * ```ts
 * import { loadCifar10, MissingFilesError } from "@gradus/data";
 * import { assertRejects } from "@std/assert";
 *
 * await assertRejects(() => loadCifar10("no/such/folder"), MissingFilesError, "no/such/folder");
 * ```
 */
export class MissingFilesError extends Error {
  /** Always `"MissingFilesError"`. */
  override readonly name = "MissingFilesError";
}
