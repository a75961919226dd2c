/**
 * Checks that the packages can be published: `deno publish --dry-run` finds no slow types, no
 * missing modules and nothing to warn of, and would publish each package and nothing else. In CI
 * the working tree must be clean too.
 *
 * @module
 */
import { readPackages, root } from "./packages.ts";
import { report } from "./report.ts";
import { type Run, runDeno } from "./run_deno.ts";

/**
 * What is wrong with a dry run.
 *
 * @param run What `deno publish --dry-run` printed.
 * @param names The packages that it must publish.
 */
export function findProblems(run: Run, names: string[]): string[] {
  const text = `${run.output}\n${run.errors}`;
  if (!run.success || /\bwarning\b/i.test(text)) return [text.trim()];
  const published = [...text.matchAll(/^Simulating publish of (.+)@[^@\s]+ with/gm)]
    .map((match) => match[1]);
  return [
    ...names.filter((name) => !published.includes(name)).map((name) => `${name} is not published`),
    ...published.filter((name) => !names.includes(name)).map((name) => `${name} is published`),
  ];
}

if (import.meta.main) {
  const names = readPackages().map(({ name }) => name);
  const dirty = Deno.env.has("CI") ? [] : ["--allow-dirty"];
  const run = await runDeno(["publish", "--dry-run", ...dirty], { cwd: root });
  report(findProblems(run, names), `Publish: ${names.length} packages are ready`);
}
