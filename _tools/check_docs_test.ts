import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { type Docstring, type DocumentedSymbol, findProblems } from "./check_docs.ts";
import { runDeno } from "./run_deno.ts";

const withExample: Docstring = { doc: "Adds.", tags: [{ kind: "param" }, { kind: "example" }] };
const withoutExample: Docstring = { doc: "Adds.", tags: [{ kind: "param" }] };

function symbol(kind: string, file: string, ...docs: Docstring[]): DocumentedSymbol {
  const location = { filename: file };
  return { name: "add", declarations: docs.map((jsDoc) => ({ kind, location, jsDoc })) };
}

describe("findProblems() of docs", () => {
  it("accepts an example on the module, and on functions and classes", () => {
    const symbols = [
      symbol("function", "/add.ts", withExample),
      symbol("class", "/add.ts", withExample),
      symbol("function", "/add.ts", withoutExample, withExample),
    ];
    const nodes = { "/mod.ts": { module_doc: withExample, symbols: [] }, "/add.ts": { symbols } };
    assertEquals(findProblems({ nodes }), []);
  });

  it("asks for no example on types and on what another module declares", () => {
    const symbols = [
      symbol("interface", "/add.ts", withoutExample),
      symbol("function", "/_private.ts", withoutExample),
    ];
    assertEquals(findProblems({ nodes: { "/add.ts": { symbols } } }), []);
  });

  it("finds a mod.ts without a docstring and one without an example", () => {
    const nodes = {
      "/a/mod.ts": { symbols: [] },
      "/b/mod.ts": { module_doc: withoutExample, symbols: [] },
    };
    assertEquals(findProblems({ nodes }), [
      "/a/mod.ts has no docstring with an @example",
      "/b/mod.ts has no docstring with an @example",
    ]);
  });

  it("finds functions and classes without an example", () => {
    const symbols = [
      symbol("function", "/add.ts", withoutExample, withoutExample),
      symbol("class", "/add.ts", {}),
    ];
    assertEquals(findProblems({ nodes: { "/add.ts": { symbols } } }), [
      "/add.ts declares add without an @example",
      "/add.ts declares add without an @example",
    ]);
  });

  it("reads what deno doc prints", async () => {
    const folder = await Deno.makeTempDir();
    try {
      const file = `${folder}/mod.ts`;
      await Deno.writeTextFile(file, "/** Adds. */\nexport function add(): void {}\n");
      const { output } = await runDeno(["doc", "--json", "mod.ts"], { cwd: folder });
      assertEquals(findProblems(JSON.parse(output)), [
        `file://${file} has no docstring with an @example`,
        `file://${file} declares add without an @example`,
      ]);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  });
});
