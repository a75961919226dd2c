import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { Element } from "@xmldom/xmldom";
import { parseXml } from "./_parse_xml_test.ts";
import { reportPage, type ReportPart } from "./report_page.ts";

/** A page's elements; throws where it is not well-formed. */
function parse(html: string): { all(name: string): Element[] } {
  const [, markup] = /^<!doctype html>\n(.*)$/s.exec(html)!;
  const root = parseXml(markup!).documentElement!;
  return { all: (name) => Array.from(root.getElementsByTagName(name)) };
}

function texts(elements: Element[]): (string | null)[] {
  return elements.map((element) => element.textContent);
}

/** A page of one section with these parts. */
function pageOf(...parts: ReportPart[]): string {
  return reportPage({ title: "Iris", lead: "A network.", sections: [{ title: "One", parts }] });
}

const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="3"><title>a</title></svg>';
const nasty = `<script>alert("1")</script> & 'quotes' ]]> &amp; <!-- ä`;

describe("reportPage()", () => {
  it("has title, lead and sections in their order", () => {
    const html = reportPage({
      title: "Iris",
      lead: "A network.",
      sections: [{ title: "Result", parts: [] }, { title: "Data", parts: [] }],
    });
    const page = parse(html);
    assertMatch(html, /^<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8" \/>/);
    assertEquals(texts(page.all("title")), ["Iris"]);
    assertEquals(texts(page.all("h1")), ["Iris"]);
    assertEquals(texts(page.all("p")), ["A network."]);
    assertEquals(texts(page.all("h2")), ["Result", "Data"]);
    assertEquals(page.all("section").length, 2);
  });

  it("writes text and code as they are", () => {
    const page = parse(pageOf({ kind: "text", text: "3 < 4" }, { kind: "code", text: "a\n  b" }));
    assertEquals(texts(page.all("p")).slice(1), ["3 < 4"]);
    assertEquals(texts(page.all("pre")), ["a\n  b"]);
  });

  it("inlines a drawing, with its caption", () => {
    const html = pageOf({ kind: "figure", svg, caption: "The loss." });
    assertStringIncludes(html, `<figure>${svg}<figcaption>The loss.</figcaption></figure>`);
  });

  it("names each of the large numbers", () => {
    const items = [{ value: "94.0 %", label: "accuracy" }, { value: "16", label: "units" }];
    const page = parse(pageOf({ kind: "figures", items }));
    assertEquals(texts(page.all("dt")), ["accuracy", "units"]);
    assertEquals(texts(page.all("dd")), ["94.0 %", "16"]);
  });

  it("marks one row of a table, or none", () => {
    const table = { kind: "table", header: ["a", "b"], rows: [["1", "2"], ["3", "4"]] } as const;
    const marked = parse(pageOf({ ...table, marked: 1, caption: "Errors." }));
    assertEquals(texts(marked.all("th")), ["a", "b"]);
    assertEquals(texts(marked.all("td")), ["1", "2", "3", "4"]);
    assertEquals(texts(marked.all("caption")), ["Errors."]);
    const classes = (page: typeof marked) =>
      page.all("tr").map((row) => row.getAttribute("class") ?? "");
    assertEquals(classes(marked), ["", "", "marked"]);
    const plain = parse(pageOf(table));
    assertEquals(classes(plain), ["", "", ""]);
    assertEquals(plain.all("caption"), []);
  });

  it("wraps columns of prose, and no others", () => {
    const table = { kind: "table", header: ["part", "why"], rows: [["GELU", "A smooth relu."]] };
    const classes = (prose?: number[]) => {
      const page = parse(pageOf({ ...table, ...prose && { prose } } as ReportPart));
      return [...page.all("th"), ...page.all("td")].map((cell) => cell.getAttribute("class") ?? "");
    };
    assertEquals(classes([1]), ["", "prose", "", "prose"]);
    assertEquals(classes(), ["", "", "", ""]);
    const [css] = texts(parse(pageOf()).all("style"));
    assertMatch(css!, /^td \{[^}]*white-space: nowrap;/m);
    assertMatch(css!, /^td\.prose \{[^}]*white-space: normal;/m);
  });

  it("escapes every text", () => {
    const html = reportPage({
      title: nasty,
      lead: nasty,
      sections: [{
        title: nasty,
        parts: [
          { kind: "text", text: nasty },
          { kind: "code", text: nasty },
          { kind: "figure", svg, caption: nasty },
          { kind: "figures", items: [{ value: nasty, label: nasty }] },
          { kind: "table", header: [nasty], rows: [[nasty]], caption: nasty },
        ],
      }],
    });
    const page = parse(html);
    for (
      const name of "title h1 p h2 pre figcaption dt dd th td caption".split(" ")
    ) {
      assert(page.all(name).length > 0, name);
      for (const text of texts(page.all(name))) {
        if (text !== "a") assertEquals(text, nasty, name);
      }
    }
    assertEquals(page.all("script"), []);
    assertStringIncludes(
      html,
      "<p>&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; &#39;quotes&#39; ]]&gt; &amp;amp; &lt;!-- ä</p>",
    );
  });

  it("needs no other file and runs no script", () => {
    const html = pageOf({ kind: "figure", svg, caption: "" }, { kind: "text", text: "" });
    const page = parse(html);
    assertEquals(["script", "link", "img", "iframe"].flatMap((name) => page.all(name)), []);
    const css = texts(page.all("style")).join();
    assert(!/url\(|@import|https?:/.test(css));
  });

  it("has colours for light and dark pages", () => {
    const page = parse(pageOf());
    const [, scheme] = page.all("meta").filter((meta) => meta.hasAttribute("name"));
    assertEquals(scheme!.getAttribute("name"), "color-scheme");
    assertEquals(scheme!.getAttribute("content"), "light dark");
    const [css] = texts(page.all("style"));
    const variables = (block: string) =>
      [...block.matchAll(/(--[a-z]+):/g)].map(([, name]) => name);
    const [light, dark] = css!.split("@media (prefers-color-scheme: dark)");
    const declared = variables(light!);
    assertEquals(variables(dark!.slice(0, dark!.indexOf("}"))), declared);
    for (const [, used] of css!.matchAll(/var\((--[a-z]+)\)/g)) assert(declared.includes(used!));
  });
});
