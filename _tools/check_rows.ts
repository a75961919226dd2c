/**
 * Checks the direction of dependencies: a package imports packages from rows below its own only.
 *
 * Tests may import any package, as a layer's test does `gradientCheck`, and `@gradus/testing`. What is
 * never published, `testing`, the apps and `bench`, may import any package, and of the others `testing`
 * alone.
 * Relative imports stay in the package, as they would not be published with it; an app may reach into
 * another app.
 *
 * @module
 */
import ts from "npm:typescript@6.0.3";
import { isTest, listModules, readMembers, root } from "./packages.ts";
import { report } from "./report.ts";

/** The row of each package; `docs/` has the map that tells why. */
const rows = new Map(
  [
    ["random", "safetensors", "plot"],
    ["tensor", "data"],
    ["layers", "losses", "optim", "tfjs"],
    ["train", "onnx", "torch", "layers-model"],
    ["cli"],
  ].flatMap((names, row) => names.map((name) => [`@gradus/${name}`, row])),
);

const testing = "@gradus/testing";

/** A module of the workspace and what it imports, as it is written. */
export interface Module {
  /** The member of the workspace that it belongs to: a package's name, or the folder of another. */
  member: string;
  /** Its path from the folder of that member. */
  path: string;
  /** What it imports, types included. */
  imports: string[];
}

/** What a module of TypeScript imports, for values or types, statically or not. */
export function importsOf(source: string): string[] {
  return ts.preProcessFile(source).importedFiles.map((file) => file.fileName);
}

/** What is wrong with the imports of a module. */
export function findProblems({ member, path, imports }: Module): string[] {
  const row = rows.get(member);
  if (row === undefined && member.startsWith("@gradus/")) {
    return [`is of no row: give ${member} one`];
  }
  return imports.flatMap((specifier) => {
    if (specifier.startsWith(".")) {
      const home = member.startsWith("apps/") ? "/apps/" : `/${member}/`;
      const isInside = new URL(specifier, `file:///${member}/${path}`).pathname.startsWith(home);
      return isInside ? [] : [`imports ${specifier}, which is outside of its package`];
    }
    const name = specifier.match(/^@gradus\/[^/]*/)?.[0];
    if (name === undefined || name === member) return [];
    if (name === testing) {
      return row === undefined || isTest(path) ? [] : [`imports ${testing} and is no test`];
    }
    const imported = rows.get(name);
    if (imported === undefined) return [`imports ${name}, which is of no row`];
    if (row === undefined || imported < row || isTest(path)) return [];
    return [`imports ${name} of row ${imported} and is of row ${row}`];
  });
}

if (import.meta.main) {
  const modules = readMembers().flatMap(({ name, folder }) =>
    listModules(folder).map((path) => {
      const member = folder.startsWith("packages/") ? name : folder;
      return { folder, member, path };
    })
  );
  const problems = modules.flatMap(({ folder, member, path }) => {
    const imports = importsOf(Deno.readTextFileSync(`${root}${folder}/${path}`));
    return findProblems({ member, path, imports }).map((text) => `${folder}/${path} ${text}`);
  });
  report(problems, `Rows: ${modules.length} modules import from rows below their own`);
}
