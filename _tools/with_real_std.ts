/**
 * Runs the tests of this repository with a checkout of std in place of the adapters in
 * `offline/std`, in a temporary copy of the repository.
 *
 *     deno task test:std ⟨folder of denoland/std⟩
 *
 * @module
 */
import { cp } from "node:fs/promises";
import { resolve } from "node:path";
import { root } from "./packages.ts";

/** Not copied: what is generated or belongs to git. */
const skipped = [".git", "node_modules", "coverage", "experiments"];

/** The folder of the adapters, as `deno.json` writes it. */
const adapters = "./offline/std/";

/** The part of `deno.json` that this tool changes. */
export interface Config {
  /** The folders of packages that stand in place of published ones. */
  links: string[];
  /** Linked packages are checked with these options. */
  compilerOptions: Record<string, unknown>;
  /** All else is kept as it is. */
  [key: string]: unknown;
}

/** The folders under `std` that hold a package. */
export function listPackages(std: string): string[] {
  return [...Deno.readDirSync(std)]
    .filter(({ name, isDirectory }) => isDirectory && hasConfig(`${std}/${name}`))
    .map(({ name }) => `${std}/${name}`)
    .sort();
}

/**
 * The same configuration with the given folders linked in place of the adapters, and with deno's
 * own compiler options, which are those that std is written for.
 */
export function relink(config: Config, folders: string[]): Config {
  const others = config.links.filter((link) => !link.startsWith(adapters));
  return { ...config, links: [...others, ...folders], compilerOptions: {} };
}

function hasConfig(folder: string): boolean {
  try {
    return Deno.statSync(`${folder}/deno.json`).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

if (import.meta.main) {
  const [std, ...args] = Deno.args;
  if (std === undefined) {
    console.error("Cannot run tests as the folder of std must be given: found no argument");
    Deno.exit(2);
  }
  const folders = listPackages(resolve(std));
  const copy = await Deno.makeTempDir();
  const config: Config = JSON.parse(Deno.readTextFileSync(`${root}deno.json`));
  const replaced = config.links.filter((link) => link.startsWith(adapters))
    .map((link) => `${root}${link.replace("./", "")}`);
  // It lists what the adapters need; other lock files, of apps and of tests, hold for std as well.
  replaced.push(`${root}deno.lock`);
  let code: number;
  try {
    const filter = (path: string) =>
      !replaced.includes(path) && !skipped.includes(path.split("/").at(-1) as string);
    await cp(root, copy, { recursive: true, filter });
    Deno.writeTextFileSync(`${copy}/deno.json`, JSON.stringify(relink(config, folders)));
    const command = { args: ["task", "test", ...args], cwd: copy };
    ({ code } = await new Deno.Command(Deno.execPath(), command).spawn().status);
  } finally {
    await Deno.remove(copy, { recursive: true });
  }
  console.log(`Ran with ${folders.length} packages of std at ${std}`);
  Deno.exit(code);
}
