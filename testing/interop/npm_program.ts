const folder = import.meta.dirname!;

/**
 * The command that runs a program of this folder with packages that are not those of the workspace:
 * `import_map.json` and `deno.lock` of this folder say which.
 *
 * @param file Its name in this folder.
 * @param options Its arguments, and what it may do.
 */
export function npmProgram(
  file: string,
  options: { readonly args: readonly string[]; readonly permissions: readonly string[] },
): string[] {
  return [
    ...[Deno.execPath(), "run", "--no-config", "--frozen", "--no-prompt"],
    ...[`--import-map=${folder}/import_map.json`, `--lock=${folder}/deno.lock`],
    ...options.permissions,
    `${folder}/${file}`,
    ...options.args,
  ];
}
