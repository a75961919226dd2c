import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { findProblems, importsOf } from "./check_rows.ts";

describe("importsOf()", () => {
  it("finds imports of every kind and none in comments and strings", () => {
    const source = `
      /** import a from "comment"; */
      import type { A } from "types";
      import { b } from "values";
      export * from "exports";
      const c = await import("dynamic");
      type D = import("type-of").D;
      const e = \`import f from "string"\`;`;
    assertEquals(importsOf(source), ["types", "values", "exports", "dynamic", "type-of"]);
  });
});

describe("findProblems() of rows", () => {
  const problems = (member: string, path: string, ...imports: string[]) =>
    findProblems({ member, path, imports });

  it("accepts lower rows, own modules and other libraries", () => {
    const imports = ["@gradus/tensor/reference", "@gradus/random", "../a.ts", "./b.ts", "fast-png"];
    assertEquals(problems("@gradus/layers", "norms/c.ts", ...imports), []);
  });

  it("finds the own row and rows above", () => {
    assertEquals(problems("@gradus/layers", "a.ts", "@gradus/losses", "@gradus/train/fit"), [
      "imports @gradus/losses of row 2 and is of row 2",
      "imports @gradus/train of row 3 and is of row 2",
    ]);
  });

  it("lets tests import any package of a row, and testing", () => {
    const imports = ["@gradus/losses", "@gradus/testing", "@gradus/train", "@gradus/none"];
    assertEquals(problems("@gradus/layers", "a_test.ts", ...imports), [
      "imports @gradus/none, which is of no row",
    ]);
  });

  it("finds testing in what is published", () => {
    assertEquals(problems("@gradus/cli", "a.ts", "@gradus/testing"), [
      "imports @gradus/testing and is no test",
    ]);
  });

  it("lets what is not published import any package", () => {
    const imports = ["@gradus/cli", "@gradus/random", "@gradus/testing"];
    for (const member of ["testing", "apps/iris", "bench"]) {
      assertEquals(problems(member, "a.ts", ...imports), []);
    }
  });

  it("finds packages that are of no row", () => {
    assertEquals(problems("@gradus/misc", "a.ts"), ["is of no row: give @gradus/misc one"]);
    assertEquals(problems("bench", "a.ts", "@gradus/misc"), [
      "imports @gradus/misc, which is of no row",
    ]);
  });

  it("finds relative imports of another package", () => {
    assertEquals(problems("@gradus/data", "cifar/a_test.ts", "../../random/mod.ts", "../b.ts"), [
      "imports ../../random/mod.ts, which is outside of its package",
    ]);
  });

  it("lets an app reach into another, and no further", () => {
    assertEquals(problems("apps/collect", "main.ts", "../iris/flags.ts", "../../packages/a.ts"), [
      "imports ../../packages/a.ts, which is outside of its package",
    ]);
    assertEquals(problems("bench", "main.ts", "../apps/iris/flags.ts"), [
      "imports ../apps/iris/flags.ts, which is outside of its package",
    ]);
  });
});
