import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { svgDocument } from "./_document.ts";
import { element } from "./_element.ts";
import { paintFor } from "./_paint.ts";
import { parseSvg } from "./_parse_svg.ts";
import type { Theme } from "./theme.ts";

function drawing(theme: Theme, styleSheet?: string): string {
  const options = { title: "A & B", description: "<none>", width: 100.2, height: 50 };
  return svgDocument([element("a", {})], { ...options, theme, paint: paintFor(theme), styleSheet });
}

describe("svgDocument()", () => {
  it("is a file of its own with a name and a description", () => {
    const { root, all } = parseSvg(drawing("light"));
    assertEquals(root.namespaceURI, "http://www.w3.org/2000/svg");
    assertEquals(root.getAttribute("role"), "img");
    assertEquals(root.getAttribute("viewBox"), "0 0 101 50");
    assertEquals([root.getAttribute("width"), root.getAttribute("height")], ["101", "50"]);
    assertEquals(all("title")[0].textContent, "A & B");
    assertEquals(all("desc")[0].textContent, "<none>");
  });

  it("has an opaque background", () => {
    for (const [theme, colour] of [["light", "#ffffff"], ["dark", "#15181d"]] as const) {
      const [background] = parseSvg(drawing(theme)).all("rect");
      assertEquals(background.getAttribute("fill"), colour);
      assertEquals([background.getAttribute("width"), background.getAttribute("height")], [
        "101",
        "50",
      ]);
    }
  });

  it("has a style sheet and classes in theme auto alone", () => {
    assertEquals(parseSvg(drawing("auto")).all("style").length, 1);
    assert(drawing("auto").includes('class="gradus-fill-surface"'));
    assert(!drawing("light").includes("<style"));
    assert(!drawing("dark").includes("class="));
    const [style] = parseSvg(drawing("light", ".gradus-a{fill:red}")).all("style");
    assertEquals(style.textContent, ".gradus-a{fill:red}");
  });

  it("has no ids, which two drawings in one page would share", () => {
    assert(!/\sid=/.test(drawing("auto")));
  });
});
