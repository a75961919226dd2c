/** What a package's `deno.json` says of it. */
export interface Package {
  /** The name it is imported by, such as `@gradus/random`. */
  name: string;
  /** Its folder, such as `packages/random`, from the repository's root. */
  folder: string;
  /** The file of each subpath, such as `{ ".": "./mod.ts" }`. */
  exports: Record<string, string>;
}

/** The folder of this repository, ending in a slash. */
export const root: string = decodeURIComponent(new URL("..", import.meta.url).pathname);

/** The packages in `packages/`, in alphabetical order: those that are published. */
export function readPackages(): Package[] {
  return listFolders("packages").map(readPackage);
}

/** All members of the workspace that hold modules: the packages, `testing`, the apps and `bench`. */
export function readMembers(): Package[] {
  const others = ["testing", ...listFolders("apps"), "bench"];
  return [...readPackages(), ...others.map(readPackage)];
}

/** The paths of the TypeScript modules under a folder, from that folder, in alphabetical order. */
export function listModules(folder: string): string[] {
  return [...Deno.readDirSync(`${root}${folder}`)].flatMap(({ name, isDirectory }) =>
    isDirectory
      ? listModules(`${folder}/${name}`).map((path) => `${name}/${path}`)
      : name.endsWith(".ts")
      ? [name]
      : []
  ).sort();
}

/** Whether the module at a path is a test or a benchmark, which no package publishes as an export. */
export function isTest(path: string): boolean {
  return /_(test|bench)\.ts$/.test(path);
}

function listFolders(parent: string): string[] {
  return [...Deno.readDirSync(`${root}${parent}`)]
    .filter((entry) => entry.isDirectory)
    .map((entry) => `${parent}/${entry.name}`)
    .sort();
}

function readPackage(folder: string): Package {
  const { name = folder, exports = {} } = JSON.parse(
    Deno.readTextFileSync(`${root}${folder}/deno.json`),
  );
  return { name, folder, exports: typeof exports === "string" ? { ".": exports } : exports };
}
