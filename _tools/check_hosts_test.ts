import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { findProblems } from "./check_hosts.ts";

describe("findProblems() of hosts", () => {
  it("finds the host of a registry, with its line", () => {
    const host = ["registry", "npmjs", "org"].join(".");
    assertEquals(findProblems("a.md", `one\ntwo https://${host}/csv-parse\n`), [
      `a.md:2 names ${host.replace("registry.", "")}`,
    ]);
  });

  it("finds the folder beside the repository", () => {
    const folder = ["..", "shared"].join("/");
    assertEquals(findProblems("a.ts", `read("${folder}/iris.csv")`), [`a.ts:1 names ${folder}`]);
  });

  it("accepts specifiers", () => {
    const text = 'import "jsr:@gradus/random"; import "npm:fast-png@8.0.0"; // shared memory';
    assertEquals(findProblems("a.ts", text), []);
  });
});
