import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { findProblems } from "./check_publish.ts";
import { runDeno } from "./run_deno.ts";

const dryRun = {
  success: true,
  output: "",
  errors: `Publishing a workspace...
Check packages/random/mod.ts
Simulating publish of @gradus/random@0.1.0 with files:
   file:///random/mod.ts (1.1KB)

Simulating publish of @gradus/plot@0.1.0-rc.1 with files:

Success Dry run complete
`,
};

describe("findProblems() of publishing", () => {
  it("accepts a dry run that publishes each package", () => {
    assertEquals(findProblems(dryRun, ["@gradus/plot", "@gradus/random"]), []);
  });

  it("finds a failed run and a warning, and shows what was printed", () => {
    const failed = { success: false, output: "", errors: "error: slow types\n" };
    assertEquals(findProblems(failed, []), ["error: slow types"]);
    const warned = { success: true, output: "", errors: "warning[unsupported-import]: x\n" };
    assertEquals(findProblems(warned, []), ["warning[unsupported-import]: x"]);
  });

  it("finds a package too few and one too many", () => {
    assertEquals(findProblems(dryRun, ["@gradus/random", "@gradus/tensor"]), [
      "@gradus/tensor is not published",
      "@gradus/plot is published",
    ]);
  });

  it("finds slow types in what deno prints", async () => {
    const folder = await Deno.makeTempDir();
    try {
      const config = {
        name: "@gradus/slow",
        version: "0.1.0",
        license: "MIT",
        exports: "./mod.ts",
      };
      await Deno.writeTextFile(`${folder}/deno.json`, JSON.stringify(config));
      await Deno.writeTextFile(`${folder}/mod.ts`, "export const f = () => [1].at(0);\n");
      const args = ["publish", "--dry-run", "--allow-dirty"];
      const [problem] = findProblems(await runDeno(args, { cwd: folder }), ["@gradus/slow"]);
      assertStringIncludes(problem, "missing-explicit-return-type");
      await Deno.writeTextFile(`${folder}/mod.ts`, "export const f = (): number => 1;\n");
      assertEquals(findProblems(await runDeno(args, { cwd: folder }), ["@gradus/slow"]), []);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
});
