import { fileChecksum } from "./file_checksum.ts";
import type { OfficialFile } from "./official_datasets.ts";
import { sizeOf } from "./size_of.ts";

/** How {@linkcode downloadFile} goes about it. */
export interface DownloadOptions {
  /** The folder, which must exist. */
  readonly folder: string;
  /** Is told, whenever bytes have come, how many there are by now. */
  readonly onProgress?: (file: OfficialFile, receivedBytes: number) => void;
}

/**
 * Downloads a file into a folder, so that under its name there is nothing or the right bytes.
 *
 * What has come is kept as `‹name›.part`, and the next call asks for the rest alone. At the end the
 * SHA-256 decides: the part is renamed, or removed.
 *
 * @returns The file's path.
 * @throws {Error} If the server cannot be reached, answers otherwise, or breaks off; if the bytes, or
 * those of a file that was there before, are not the official ones.
 */
export async function downloadFile(file: OfficialFile, options: DownloadOptions): Promise<string> {
  const path = `${options.folder}/${file.name}`;
  if (await sizeOf(path) !== null) {
    const sum = await fileChecksum(path);
    if (sum === file.sha256) return path;
    throw new Error(
      `Cannot download to ${path} as the file there must have the SHA-256 ${file.sha256}: ` +
        `found ${sum}; it is left as it is, so move it away first`,
    );
  }
  const part = `${path}.part`;
  const receivedBytes = await sizeOf(part) ?? 0;
  if (receivedBytes < file.sizeBytes) {
    await receive(file, { ...options, part, receivedBytes });
  }
  const sum = await fileChecksum(part);
  if (sum !== file.sha256) {
    await Deno.remove(part);
    throw new Error(
      `Cannot keep ${file.name} from ${file.address} as its SHA-256 must be ${file.sha256}: ` +
        `found ${sum}; the download is removed, so the same command begins anew`,
    );
  }
  await Deno.rename(part, path);
  return path;
}

/** Receives what is missing of a file and appends it to the part that is there. */
async function receive(
  file: OfficialFile,
  options: DownloadOptions & { readonly part: string; readonly receivedBytes: number },
): Promise<void> {
  const { part } = options;
  const response = await request(file, options.receivedBytes);
  const isRest = response.status === 206;
  let receivedBytes = isRest ? options.receivedBytes : 0;
  const output = await Deno.open(part, { write: true, create: true, append: isRest });
  try {
    if (!isRest) await output.truncate();
    for await (const piece of response.body ?? []) {
      await writeAll(output, piece);
      receivedBytes += piece.length;
      if (receivedBytes > file.sizeBytes) break; // what is too long has a wrong sum, however long
      options.onProgress?.(file, receivedBytes);
    }
    await output.sync();
  } catch (cause) {
    throw brokenOff(file, receivedBytes, cause as Error);
  } finally {
    output.close();
  }
  if (receivedBytes < file.sizeBytes) throw brokenOff(file, receivedBytes);
}

/** Asks for a file from byte `begin` on: the answer is 206 with just these bytes, or 200 with all. */
async function request(
  { address, sizeBytes }: OfficialFile,
  begin: number,
): Promise<Response> {
  const headers = new Headers({ "accept-encoding": "identity" }); // the bytes as they are
  if (begin > 0) headers.set("range", `bytes=${begin}-`);
  let response: Response;
  try {
    response = await fetch(address, { headers });
  } catch (cause) {
    if (cause instanceof Deno.errors.NotCapable) throw cause;
    throw new Error(
      `Cannot download ${address} as its server must answer: found ${reason(cause)}`,
      { cause },
    );
  }
  const found = describe(response);
  const expected = begin > 0 && response.status === 206
    ? `206 with bytes ${begin}-${sizeBytes - 1}/${sizeBytes}`
    : `200 with ${sizeBytes} bytes`;
  // A server need not tell the length beforehand; the SHA-256 is checked in any case.
  if (found === expected || found === "200") return response;
  await response.body?.cancel();
  throw new Error(
    `Cannot download ${address} as its server must answer ${expected}: found ${found}`,
  );
}

/** The status of an answer, and how many bytes it promises, if it does. */
function describe({ status, headers }: Response): string {
  const range = headers.get("content-range");
  const length = headers.get("content-length");
  if (status === 206) return `206 with ${range ?? "no range"}`;
  return status === 200 && length !== null ? `200 with ${length} bytes` : `${status}`;
}

async function writeAll(output: Deno.FsFile, bytes: Uint8Array): Promise<void> {
  for (let count = 0; count < bytes.length;) count += await output.write(bytes.subarray(count));
}

function brokenOff(
  { address, sizeBytes }: OfficialFile,
  receivedBytes: number,
  cause?: Error,
): Error {
  const then = cause ? ` and then "${reason(cause)}"` : "";
  return new Error(
    `Cannot download ${address} as all of its ${sizeBytes} bytes must arrive: ` +
      `found ${receivedBytes}${then}; they are kept, so the same command goes on from there`,
    { cause },
  );
}

/** What the innermost cause of an error says: fetch tells no more than that it failed. */
function reason(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error ? reason(cause) : message;
}
