/** Writes files into a folder, which is made. */
export async function writeFiles(
  folder: string,
  files: ReadonlyMap<string, Uint8Array | string>,
): Promise<void> {
  await Deno.mkdir(folder, { recursive: true });
  for (const [name, contents] of files) {
    if (typeof contents === "string") await Deno.writeTextFile(`${folder}/${name}`, contents);
    else await Deno.writeFile(`${folder}/${name}`, contents);
  }
}
