/**
 * Checks that each package exports each of its public modules, once, and nothing else.
 *
 * A module is public unless it is a test, or its file or a folder around it begins with `_`. Its
 * subpath is the name of its file in kebab-case, whatever the folder: `ops/layer_norm.ts` is
 * `./layer-norm`. The package's `mod.ts` is `.`, and that of a folder has the folder's name.
 *
 * @module
 */
import { isTest, listModules, readPackages } from "./packages.ts";
import { report } from "./report.ts";

/** The subpath by which a package exports the module at a path of its. */
export function subpathOf(path: string): string {
  const name = path.replace(/(^|\/)mod\.ts$/, "").replace(/\.ts$/, "").split("/").at(-1) as string;
  return name === "" ? "." : `./${name.replaceAll("_", "-")}`;
}

/**
 * What is wrong with the exports of a package.
 *
 * @param modules The paths of all its modules.
 * @param exports The file of each subpath.
 */
export function findProblems(modules: string[], exports: Record<string, string>): string[] {
  const isPublic = (path: string) => !isTest(path) && !/(^|\/)_/.test(path);
  const problems: string[] = [];
  const owners = new Map<string, string>();
  for (const path of modules.filter(isPublic)) {
    const subpath = subpathOf(path);
    const owner = owners.get(subpath);
    if (owner) problems.push(`${path} has the subpath of ${owner}: "${subpath}"`);
    owners.set(subpath, path);
    if (!Object.values(exports).includes(`./${path}`)) {
      problems.push(`${path} is not exported: add "${subpath}": "./${path}"`);
    }
  }
  for (const [subpath, file] of Object.entries(exports)) {
    const path = file.replace("./", "");
    if (!modules.includes(path)) problems.push(`${path} is exported and does not exist`);
    else if (!isPublic(path)) problems.push(`${path} is exported and is private or a test`);
    else if (subpath !== subpathOf(path)) {
      problems.push(`${path} is exported as "${subpath}" and not as "${subpathOf(path)}"`);
    }
  }
  return problems;
}

if (import.meta.main) {
  const packages = readPackages();
  const problems = packages.flatMap(({ folder, exports }) =>
    findProblems(listModules(folder), exports).map((problem) => `${folder}/${problem}`)
  );
  report(problems, `Exports: ${packages.length} packages export each public module`);
}
