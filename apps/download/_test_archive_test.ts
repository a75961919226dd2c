import { packTar, type TarEntry } from "modern-tar";

/** The bytes of a `.tar.gz` with these entries; a text is that of a file. */
export async function archiveOf(
  entries: Readonly<Record<string, string | Partial<TarEntry["header"]>>>,
): Promise<Uint8Array> {
  const tar = await packTar(
    Object.entries(entries).map(([name, entry]) =>
      typeof entry === "string"
        ? { header: { name, size: new TextEncoder().encode(entry).length }, body: entry }
        : { header: { name, size: 0, ...entry } }
    ),
  );
  const stream = new Blob([tar]).stream().pipeThrough(new CompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
