import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import {
  findBadFormulas,
  findBrokenLinks,
  findMisquotes,
  findUnknownTests,
  namedTests,
  type Page,
  quotedFiles,
  type Read,
} from "./_page.ts";
import { trafficTable } from "./_traffic.ts";

const root = new URL("..", import.meta.url);
const pages = ["README.md", "CONTRIBUTING.md", ...listFiles("docs", ".md")].map(open);

const read: Read = (path) => {
  try {
    const url = new URL(path, root);
    return Deno.statSync(url).isDirectory ? path : Deno.readTextFileSync(url);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
};

describe("the documentation", () => {
  it("links to files and headings that exist", () => {
    assertEquals(pages.flatMap((page) => findBrokenLinks(page, read)), []);
  });

  it("quotes code as it is", () => {
    assertEquals(pages.flatMap((page) => findMisquotes(page, read)), []);
  });

  it("names tests that exist", () => {
    assertEquals(pages.flatMap((page) => findUnknownTests(page, read)), []);
  });

  it("has formulas that GitHub renders", () => {
    assertEquals(pages.flatMap(findBadFormulas), []);
  });

  it("shows code and names tests on each page of a derivation", () => {
    const derivations = pages.filter(({ path }) =>
      path.startsWith("docs/derivations/") && !path.endsWith("README.md")
    );
    assert(derivations.length > 0);
    for (const page of derivations) {
      assert(quotedFiles(page).length > 0, `${page.path} quotes no code`);
      assert(namedTests(page).length > 0, `${page.path} names no test`);
    }
  });

  it("has all pages that docstrings name", () => {
    const named = listFiles("packages", ".ts").flatMap((file) =>
      [...read(file)!.matchAll(/docs\/[\w/.]+\.md/g)].map(([page]) => page)
    );
    assert(named.length > 0);
    assertEquals(named.filter((page) => read(page) === null), []);
  });

  it("lists each package of npm that the lock file has, with its version", () => {
    const { npm } = JSON.parse(read("deno.lock")!) as { npm: Record<string, unknown> };
    const sources = read("docs/sources.md")!;
    // Behind an underscore stand the packages that one asks its user to bring.
    const missing = Object.keys(npm).map((name) => name.replace(/_@.*/, ""))
      .filter((name) => !sources.includes(`\`${name}\``));
    assertEquals(missing, []);
  });
});

describe("scaling.md", () => {
  it("has the traffic of the networks as they are", async () => {
    const cells = (table: string) =>
      table.trim().split("\n").map((row) => row.split("|").map((cell) => cell.trim()))
        .filter((row) => !row.some((cell) => /^-+$/.test(cell)));
    const [, table] = read("docs/scaling.md")!.match(/<!-- traffic -->(.*)<!-- \/traffic -->/s)!;
    assertEquals(cells(table!), cells(await trafficTable()), "docs/_traffic.ts writes it anew");
  });
});

describe("findBrokenLinks()", () => {
  const files: Record<string, string> = { "docs/b.md": "# The map\n", "packages/tensor": "" };
  const broken = (text: string) =>
    findBrokenLinks({ path: "docs/a.md", text }, (path) => files[path] ?? null);

  it("finds a file and a heading that do not exist", () => {
    assertEquals(broken("[c](c.md), [B](b.md#the-maps)"), [
      "docs/a.md links to c.md, which does not exist",
      "docs/a.md links to b.md#the-maps, and docs/b.md has no such heading",
    ]);
  });

  it("accepts files, folders, headings, other sites and code", () => {
    const text = "# A b\n[B](b.md#the-map) [a](#a-b) [t](../packages/tensor/) [w](https://a.b)";
    assertEquals(broken(`${text} \`[c](d.md)\`\n\n\`\`\`ts\na[0](b)\n\`\`\`\n`), []);
  });
});

describe("findMisquotes()", () => {
  const quote = (file: string, code: string) =>
    findMisquotes(
      { path: "a.md", text: `<!-- code: ${file} -->\n\n\`\`\`ts ignore\n${code}\n\`\`\`\n` },
      (path) => path === "b.ts" ? "if (a) {\n  b();\n  c();\n}\n" : null,
    );

  it("accepts whole lines of the file, whatever their indentation", () => {
    assertEquals(quote("b.ts", "b();\nc();"), []);
  });

  it("finds lines that are not there, not whole, or not one below the other", () => {
    assertEquals(quote("b.ts", "d();"), ["a.md quotes what is not in b.ts: d();"]);
    assertEquals(quote("b.ts", "b()"), ["a.md quotes what is not in b.ts: b()"]);
    assertEquals(quote("b.ts", "if (a) {\nc();"), ["a.md quotes what is not in b.ts: if (a) {"]);
  });

  it("finds a file that does not exist, and a quotation without code", () => {
    assertEquals(quote("c.ts", "b();"), ["a.md quotes c.ts, which does not exist"]);
    assertEquals(findMisquotes({ path: "a.md", text: "<!-- code: b.ts -->\nNone." }, () => ""), [
      "a.md has 1 quotations without code",
    ]);
  });
});

describe("findUnknownTests()", () => {
  const source = 'describe("dense", () => {\n  it(`works: ${name} of ${type}`, () => {});\n});\n';
  const unknown = (text: string) =>
    findUnknownTests(
      { path: "docs/a.md", text },
      (path) => path === "packages/b_test.ts" ? source : null,
    );

  it("accepts titles, with anything where the source has an expression", () => {
    assertEquals(unknown("[`b_test.ts`](../packages/b_test.ts): `dense`,\n  `works: a of b`"), []);
  });

  it("finds titles that the file does not have", () => {
    assertEquals(unknown("[`b_test.ts`](../packages/b_test.ts): `dense`, `works`"), [
      "docs/a.md names a test that packages/b_test.ts lacks: works",
    ]);
    assertEquals(unknown("[`c_test.ts`](c_test.ts): `dense`"), [
      "docs/a.md names a test that docs/c_test.ts lacks: dense",
    ]);
  });
});

describe("findBadFormulas()", () => {
  const bad = (text: string) => findBadFormulas({ path: "a.md", text });

  it("accepts formulas in blocks and in lines", () => {
    assertEquals(bad("$`a_{ij}`$ and\n\n```math\n\\frac{a}{b}\n```\n"), []);
  });

  it("finds what does not parse, what GitHub refuses and what Markdown would change", () => {
    assertEquals(bad("$`\\frac{a}`$").length, 1);
    assertEquals(bad("```math\n\\left( a\n```\n").length, 1);
    assertEquals(bad("$`\\operatorname{diag}`$").length, 1);
    assertEquals(bad("$a_1$").length, 2);
  });
});

function open(path: string): Page {
  return { path, text: Deno.readTextFileSync(new URL(path, root)) };
}

function listFiles(folder: string, ending: string): string[] {
  return [...Deno.readDirSync(new URL(folder, root))].flatMap(({ name, isDirectory }) => {
    const path = `${folder}/${name}`;
    return isDirectory ? listFiles(path, ending) : name.endsWith(ending) ? [path] : [];
  }).sort();
}
