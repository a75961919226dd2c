import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { findProblems, parseLcov, percentOf, removeBrokenProfiles } from "./check_coverage.ts";

const lcov = `SF:/packages/random/random.ts
FN:1,random
DA:1,5
DA:2,0
LH:90
LF:100
end_of_record
SF:/packages/random/hash.ts
LH:100
LF:100
end_of_record
`;

describe("parseLcov()", () => {
  it("reads the lines of each file", () => {
    assertEquals(parseLcov(lcov), [
      { file: "/packages/random/random.ts", lineCount: 100, hitCount: 90 },
      { file: "/packages/random/hash.ts", lineCount: 100, hitCount: 100 },
    ]);
    assertEquals(parseLcov(""), []);
  });
});

describe("findProblems() of coverage", () => {
  it("weighs files by their lines", () => {
    assertEquals(percentOf(parseLcov(lcov)), 95);
    assertEquals(findProblems(parseLcov(lcov)), []);
  });

  it("finds a share under 95 %", () => {
    assertEquals(findProblems(parseLcov(lcov.replace("LH:90", "LH:89"))), [
      "Tests run 94.5 % of lines, which is under 95 %",
      "/packages/random/random.ts: 11 of 100 lines do not run",
    ]);
  });

  it("finds that nothing ran", () => {
    assertEquals(findProblems([]), ["Tests run NaN % of lines, which is under 95 %"]);
  });
});

describe("removeBrokenProfiles()", () => {
  it("removes profiles that a killed program left empty or cut", async () => {
    const folder = await Deno.makeTempDir();
    const texts = { "whole.json": "{}", "empty.json": "", "cut.json": '{"a":', "other.txt": "" };
    for (const [name, text] of Object.entries(texts)) {
      await Deno.writeTextFile(`${folder}/${name}`, text);
    }
    assertEquals(await removeBrokenProfiles(folder), 2);
    const left = Array.from(Deno.readDirSync(folder), ({ name }) => name);
    assertEquals(left.toSorted(), ["other.txt", "whole.json"]);
    await Deno.remove(folder, { recursive: true });
  });
});
