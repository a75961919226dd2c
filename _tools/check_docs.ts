/**
 * Checks the documentation of the packages: `deno doc --lint` accepts each export, each `mod.ts` has
 * a docstring with an example, and so has each function and class that an export declares.
 *
 * @module
 */
import { readPackages, root } from "./packages.ts";
import { report } from "./report.ts";
import { runDeno } from "./run_deno.ts";

/** The part of `deno doc --json` that this check reads. */
export interface Docs {
  /** What `deno doc` says of each module, by its address. */
  nodes: Record<string, { module_doc?: Docstring; symbols: DocumentedSymbol[] }>;
}

/** A docstring: its text, and its tags, such as `@example`. */
export interface Docstring {
  doc?: string;
  tags?: { kind: string }[];
}

/** An exported name, and each of its declarations: a function has one for each overload. */
export interface DocumentedSymbol {
  name: string;
  declarations: { kind: string; location: { filename: string }; jsDoc?: Docstring }[];
}

/** What is missing in the docstrings of the modules that `deno doc --json` was given. */
export function findProblems({ nodes }: Docs): string[] {
  return Object.entries(nodes).flatMap(([file, { module_doc, symbols }]) => {
    const problems: string[] = [];
    if (file.endsWith("/mod.ts") && !(module_doc?.doc && hasExample(module_doc))) {
      problems.push(`${file} has no docstring with an @example`);
    }
    for (const { name, declarations } of symbols) {
      const own = declarations.filter(({ kind, location }) =>
        (kind === "function" || kind === "class") && location.filename === file
      );
      if (own.length > 0 && !own.some(({ jsDoc }) => hasExample(jsDoc))) {
        problems.push(`${file} declares ${name} without an @example`);
      }
    }
    return problems;
  });
}

function hasExample(docstring?: Docstring): boolean {
  return docstring?.tags?.some(({ kind }) => kind === "example") ?? false;
}

if (import.meta.main) {
  const files = readPackages().flatMap(({ folder, exports }) =>
    Object.values(exports).map((file) => `${folder}/${file.replace("./", "")}`)
  );
  const [lint, json] = await Promise.all([
    runDeno(["doc", "--lint", ...files], { cwd: root }),
    runDeno(["doc", "--json", ...files], { cwd: root }),
  ]);
  if (!lint.success) report([lint.errors.trim()], "");
  if (!json.success) report([json.errors.trim()], "");
  const problems = findProblems(JSON.parse(json.output));
  report(
    problems.map((problem) => problem.replace(`file://${root}`, "")),
    `Docs: ${files.length} exports have docstrings and examples`,
  );
}
