import { downloadFile, type DownloadOptions } from "./download_file.ts";
import type { OfficialDataset } from "./official_datasets.ts";
import { sizeOf } from "./size_of.ts";
import { unpackTarGz } from "./unpack_tar_gz.ts";

/**
 * Downloads a dataset into a folder, which is made if need be; what is there already is kept.
 *
 * An archive is unpacked beside its place, then renamed, so that its folder is whole or not there,
 * and removed.
 *
 * @throws {Error} As {@linkcode downloadFile} does.
 * @throws {SyntaxError} As {@linkcode unpackTarGz} does.
 */
export async function downloadDataset(
  dataset: OfficialDataset,
  options: DownloadOptions,
): Promise<void> {
  const { folder } = options;
  const { files, archiveFolder } = dataset;
  if (archiveFolder !== null && await sizeOf(`${folder}/${archiveFolder}`) !== null) return;
  await Deno.mkdir(folder, { recursive: true });
  const paths: string[] = [];
  for (const file of files) paths.push(await downloadFile(file, options));
  if (archiveFolder === null) return;

  const unpacking = `${folder}/${archiveFolder}.part`;
  if (await sizeOf(unpacking) !== null) await Deno.remove(unpacking, { recursive: true });
  await Deno.mkdir(unpacking);
  for (const path of paths) await unpackTarGz(path, unpacking);
  await Deno.rename(`${unpacking}/${archiveFolder}`, `${folder}/${archiveFolder}`);
  await Deno.remove(unpacking, { recursive: true });
  for (const path of paths) await Deno.remove(path);
}
