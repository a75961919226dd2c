/**
 * Checks that each export of each package can be imported as a user of the published packages
 * would: by its `jsr:` specifier, from a project outside of this repository, type-checked, and
 * with no permission granted.
 *
 * @module
 */
import { type Package, readPackages, root } from "./packages.ts";
import { report } from "./report.ts";
import { runDeno } from "./run_deno.ts";

/** A program that imports each export of a package by itself, and prints the names of its values. */
export function programFor({ name, exports }: Package): string {
  const imports = Object.keys(exports).map((subpath) => {
    const specifier = `jsr:${name}@^0.1.0${subpath.slice(1)}`;
    return `names[${JSON.stringify(subpath)}] = Object.keys(await import("${specifier}"));`;
  });
  return [
    "const names: Record<string, string[]> = {};",
    ...imports,
    "console.log(JSON.stringify(names));",
    "",
  ].join("\n");
}

/**
 * Finds the exports that hold nothing.
 *
 * @param names The values behind each subpath, as the program of {@linkcode programFor} prints them.
 * @param sources The text of the module behind each subpath.
 */
export function findProblems(
  names: Record<string, string[]>,
  sources: Record<string, string>,
): string[] {
  return Object.entries(sources).flatMap(([subpath, source]) => {
    const hasValues = names[subpath]?.length > 0;
    const hasTypes = /^export (declare |abstract )*(type|interface) /m.test(source);
    return hasValues || hasTypes ? [] : [`${subpath} exports nothing`];
  });
}

async function checkPackage(project: string, member: Package): Promise<string[]> {
  const { name, folder, exports } = member;
  const file = `${name.split("/")[1]}.ts`;
  await Deno.writeTextFile(`${project}/${file}`, programFor(member));
  const run = await runDeno(["run", "--check", "--no-prompt", file], { cwd: project });
  if (!run.success) return [`${name}: ${run.errors.trim()}`];
  const sources = Object.entries(exports).map(([subpath, path]) =>
    [subpath, Deno.readTextFileSync(`${root}${folder}/${path}`)] as const
  );
  return findProblems(JSON.parse(run.output), Object.fromEntries(sources))
    .map((problem) => `${name}: ${problem}`);
}

if (import.meta.main) {
  const packages = readPackages();
  const { links } = JSON.parse(Deno.readTextFileSync(`${root}deno.json`));
  const folders = [...links, ...packages.map(({ folder }) => folder)];
  const project = await Deno.makeTempDir();
  try {
    const config = { links: folders.map((path: string) => `${root}${path.replace("./", "")}`) };
    await Deno.writeTextFile(`${project}/deno.json`, JSON.stringify(config));
    const problems: string[] = [];
    for (const member of packages) problems.push(...await checkPackage(project, member));
    report(problems, `Imports: ${packages.length} packages can be imported from outside`);
  } finally {
    await Deno.remove(project, { recursive: true });
  }
}
