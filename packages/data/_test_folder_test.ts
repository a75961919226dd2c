/** Runs with a temporary folder that holds these files. */
export async function withFiles(
  files: Readonly<Record<string, Uint8Array | string>>,
  run: (folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    for (const [name, contents] of Object.entries(files)) {
      const path = `${folder}/${name}`;
      await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
      const bytes = typeof contents === "string" ? new TextEncoder().encode(contents) : contents;
      await Deno.writeFile(path, bytes);
    }
    await run(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** A record of CIFAR whose planes begin with the values `[seed, seed + 1, seed + 2]`. */
export function record(labels: readonly number[], seed: number): Uint8Array {
  const bytes = new Uint8Array(labels.length + 3072).fill(seed);
  bytes.set(labels);
  for (let channel = 0; channel < 3; channel++) {
    bytes[labels.length + channel * 1024] = seed + channel;
  }
  return bytes;
}

/** Arrays of bytes one after another. */
export function join(...parts: Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
