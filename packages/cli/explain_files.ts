import { MissingFilesError } from "@gradus/data/missing-files-error";
import { UsageError } from "./usage_error.ts";

/**
 * Waits for files to load; missing and broken ones are the user's to mend, so they become a
 * {@linkcode UsageError}.
 *
 * @param loading What loads them.
 * @param options What the user may do where they are missing, behind a semicolon. Default: nothing.
 * @returns What was loaded.
 * @throws {UsageError} If files are missing, do not decode or cannot be read, in one line.
 *
 * @example
 * ```ts
 * import { explainFiles, UsageError } from "@gradus/cli";
 * import { loadImagesNpy } from "@gradus/data";
 * import { assertRejects } from "@std/assert";
 *
 * await assertRejects(
 *   () => explainFiles(loadImagesNpy("x.npy"), { advice: "--data names another" }),
 *   UsageError,
 *   "Cannot load images as x.npy must be a file: found none; --data names another",
 * );
 * ```
 */
export async function explainFiles<Value>(
  loading: Promise<Value>,
  options: { readonly advice?: string } = {},
): Promise<Value> {
  try {
    return await loading;
  } catch (cause) {
    const text = explanation(cause, options);
    throw text === null ? cause : new UsageError(text, { cause });
  }
}

function explanation(error: unknown, { advice }: { readonly advice?: string }): string | null {
  if (!(error instanceof Error)) return null;
  if (error instanceof MissingFilesError) {
    return advice === undefined ? error.message : `${error.message}; ${advice}`;
  }
  if (error instanceof SyntaxError) return error.message;
  // Node's file errors, in every runtime, have a code such as EACCES.
  return "code" in error
    ? `Cannot load files as they must be readable: found ${error.message}`
    : null;
}
