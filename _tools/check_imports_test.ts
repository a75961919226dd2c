import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { findProblems, programFor } from "./check_imports.ts";

describe("programFor()", () => {
  it("imports each export by the specifier of a user", () => {
    const exports = { ".": "./mod.ts", "./hash": "./hash.ts" };
    const program = programFor({ name: "@gradus/random", folder: "packages/random", exports });
    assertEquals(program.match(/".+?"/g), [
      ...['"."', '"jsr:@gradus/random@^0.1.0"'],
      ...['"./hash"', '"jsr:@gradus/random@^0.1.0/hash"'],
    ]);
  });
});

describe("findProblems() of imports", () => {
  const names = { ".": ["random"], "./state": [] };

  it("accepts values, and types alone", () => {
    const sources = { ".": 'export * from "./random.ts";', "./state": "export type State = 1;" };
    assertEquals(findProblems(names, sources), []);
  });

  it("finds an export of nothing, and one that was not imported", () => {
    const sources = { ".": "", "./state": "type State = 1;\nexport {};", "./hash": "" };
    assertEquals(findProblems(names, sources), [
      "./state exports nothing",
      "./hash exports nothing",
    ]);
  });
});
