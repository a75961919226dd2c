import { createTarDecoder, type ParsedTarEntry } from "modern-tar";

/**
 * Unpacks the files and folders of a `.tar.gz` into a folder, which must exist and should be empty.
 *
 * @throws {SyntaxError} If the archive is damaged; if a path leads out of the folder, or an entry is
 * anything but a file or a folder, such as a link, which could lead out of it too.
 */
export async function unpackTarGz(archive: string, folder: string): Promise<void> {
  const file = await Deno.open(archive);
  const entries = file.readable
    .pipeThrough(new DecompressionStream("gzip"))
    .pipeThrough(createTarDecoder({ strict: true }));
  try {
    for await (const entry of entries) await unpackEntry(entry, { archive, folder });
  } catch (cause) {
    // What the file system refuses, such as a full disk, has a code.
    if (cause instanceof SyntaxError || "code" in (cause as object)) throw cause;
    throw new SyntaxError(
      `Cannot unpack ${archive} as it must be a whole .tar.gz: found ${(cause as Error).message}`,
      { cause },
    );
  }
}

async function unpackEntry(
  { header, body }: ParsedTarEntry,
  { archive, folder }: { readonly archive: string; readonly folder: string },
): Promise<void> {
  const parts = header.name.split("/").filter((part) => part !== "" && part !== ".");
  // A backslash or a colon separates in Windows.
  if (header.name.startsWith("/") || parts.includes("..") || /[\\:\0]/.test(header.name)) {
    throw new SyntaxError(
      `Cannot unpack ${archive} as its paths must stay inside its folder: found ${header.name}`,
    );
  }
  const path = [folder, ...parts].join("/");
  if (header.type === "directory") {
    await Deno.mkdir(path, { recursive: true });
    await body.cancel();
    return;
  }
  if (header.type !== "file") {
    throw new SyntaxError(
      `Cannot unpack ${archive} as it must hold nothing but files and folders: ` +
        `found ${header.name}, a ${header.type}`,
    );
  }
  await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  const output = await Deno.open(path, { write: true, createNew: true });
  await body.pipeTo(output.writable);
}
