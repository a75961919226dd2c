import { createHash } from "node:crypto";

/** The SHA-256 of a file's bytes, in hexadecimal digits; the file is read in pieces. */
export async function fileChecksum(path: string): Promise<string> {
  const hash = createHash("sha256");
  const file = await Deno.open(path);
  for await (const piece of file.readable) hash.update(piece);
  return hash.digest("hex");
}
