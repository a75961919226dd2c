import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { findProblems, subpathOf } from "./check_exports.ts";

describe("subpathOf()", () => {
  it("is the name of the file in kebab-case, whatever the folder", () => {
    assertEquals(subpathOf("mod.ts"), ".");
    assertEquals(subpathOf("hash.ts"), "./hash");
    assertEquals(subpathOf("ops/layer_norm.ts"), "./layer-norm");
    assertEquals(subpathOf("fashion_mnist/mod.ts"), "./fashion-mnist");
  });
});

describe("findProblems() of exports", () => {
  it("accepts each public module under its own subpath", () => {
    const modules = [
      "mod.ts",
      "a_b.ts",
      "ops/c.ts",
      "_d.ts",
      "_e/f.ts",
      "a_b_test.ts",
      "c_bench.ts",
    ];
    const exports = { ".": "./mod.ts", "./a-b": "./a_b.ts", "./c": "./ops/c.ts" };
    assertEquals(findProblems(modules, exports), []);
  });

  it("finds a public module that is not exported", () => {
    assertEquals(findProblems(["mod.ts", "a_b.ts"], { ".": "./mod.ts" }), [
      'a_b.ts is not exported: add "./a-b": "./a_b.ts"',
    ]);
  });

  it("finds an export of a missing file, a private file and a test", () => {
    const exports = { "./a": "./a.ts", "./b": "./_b.ts", "./c-test": "./c_test.ts" };
    assertEquals(findProblems(["_b.ts", "c_test.ts"], exports), [
      "a.ts is exported and does not exist",
      "_b.ts is exported and is private or a test",
      "c_test.ts is exported and is private or a test",
    ]);
  });

  it("finds another subpath than the file's name", () => {
    assertEquals(findProblems(["a_b.ts"], { "./a_b": "./a_b.ts" }), [
      'a_b.ts is exported as "./a_b" and not as "./a-b"',
    ]);
  });

  it("finds two files that share a subpath", () => {
    const exports = { "./a": "./a.ts", "./ops/a": "./ops/a.ts" };
    assertEquals(findProblems(["a.ts", "ops/a.ts"], exports), [
      'ops/a.ts has the subpath of a.ts: "./a"',
      'ops/a.ts is exported as "./ops/a" and not as "./a"',
    ]);
  });
});
