/**
 * Checks that no file of the repository names the host of a package registry, or a path or a paper
 * of the place where it was made. Packages are named by specifiers, which any mirror can serve.
 *
 * @module
 */
import { root } from "./packages.ts";
import { report } from "./report.ts";

/** What no file may hold, put together here so that this file does not hold it. */
const needles: readonly string[] = [
  ["npmjs", "org"].join("."),
  ["npmjs", "com"].join("."),
  ["jsr", "io"].join("."),
  ["yarnpkg", "com"].join("."),
  ["debian", "org"].join("."),
  ["pypi", "org"].join("."),
  ["pythonhosted", "org"].join("."),
  ["crates", "io"].join("."),
  ["..", "shared"].join("/"),
  ["", "work", "main"].join("/"),
  ["DESIGN", "md"].join("."),
  ["FIELD", "md"].join("."),
  ["STYLE", "md"].join("."),
];

/** The lines of a file's text that hold a needle. */
export function findProblems(file: string, text: string): string[] {
  return text.split("\n").flatMap((line, i) =>
    needles.filter((needle) => line.includes(needle)).map((needle) =>
      `${file}:${i + 1} names ${needle}`
    )
  );
}

/** The files that git tracks, and those that it would: new and not ignored. */
async function listFiles(): Promise<string[]> {
  const args = ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate"];
  const { success, stdout, stderr } = await new Deno.Command("git", { args, cwd: root }).output();
  const decoder = new TextDecoder();
  if (!success) {
    throw new Error(`Cannot list files as git must know them: ${decoder.decode(stderr)}`);
  }
  return decoder.decode(stdout).split("\0").filter((file) => file !== "");
}

if (import.meta.main) {
  const files = await listFiles();
  const problems = files.flatMap((file) => {
    try {
      return findProblems(file, Deno.readTextFileSync(`${root}${file}`));
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return []; // removed, and git not told yet
      throw error;
    }
  });
  report(problems, `Hosts: ${files.length} files name no registry`);
}
