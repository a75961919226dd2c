import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { escapeXml } from "./_escape_xml.ts";

describe("escapeXml()", () => {
  it("escapes the five characters that mean something", () => {
    assertEquals(
      escapeXml(`<a b="c">'&'</a>`),
      "&lt;a b=&quot;c&quot;&gt;&apos;&amp;&apos;&lt;/a&gt;",
    );
  });

  it("replaces what XML cannot hold, and nothing else", () => {
    assertEquals(escapeXml("\0\x1F\x7F\x9F\uFFFE\uFFFF"), "\uFFFD".repeat(6));
    assertEquals(escapeXml("\uD800a\uDC00"), "\uFFFDa\uFFFD");
    assertEquals(escapeXml("\t\n\r é λ 漢 \u{1F600}\uFFFD"), "\t\n\r é λ 漢 \u{1F600}\uFFFD");
  });
});
