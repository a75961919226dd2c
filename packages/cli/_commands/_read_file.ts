import { readFileWhole } from "@gradus/train/whole-file";
import { UsageError } from "../usage_error.ts";

/** A file, whole; that it cannot be read is told in one line. */
export async function readFile(path: string): Promise<Uint8Array> {
  try {
    return await readFileWhole(path);
  } catch (cause) {
    throw new UsageError(
      `Cannot read ${path} as it must be a file that can be read: found ${
        (cause as Error).message
      }`,
      { cause },
    );
  }
}

/** Runs a reader of a file; that the file is not as it must be is told in one line. */
export async function explainFile<Value>(read: () => Value | Promise<Value>): Promise<Value> {
  try {
    return await read();
  } catch (cause) {
    const isRefused = cause instanceof SyntaxError || cause instanceof TypeError ||
      cause instanceof RangeError;
    throw isRefused ? new UsageError(cause.message, { cause }) : cause;
  }
}
