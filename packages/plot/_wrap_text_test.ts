import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { textWidth } from "./_text_width.ts";
import { shortenText, wrapText } from "./_wrap_text.ts";

describe("shortenText()", () => {
  it("keeps what fits", () => {
    assertEquals(shortenText("abc", { width: 20, size: 10 }), "abc");
  });

  it("says that something is missing", () => {
    assertEquals(shortenText("hello world", { width: 40, size: 10 }), "hello…");
  });

  it("gives what fits for any text, unless not even the dots do", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 10 }), (text, width) => {
        assert(textWidth(shortenText(text, { width, size: 10 }), 10) <= width);
      }),
    );
  });
});

describe("wrapText()", () => {
  const box = { width: 60, size: 10, maxLines: 3 };

  it("breaks at spaces and at ends of lines", () => {
    assertEquals(wrapText("one two three four", box), ["one two", "three four"]);
    assertEquals(wrapText("one\ntwo\r\nthree", box), ["one", "two", "three"]);
  });

  it("puts the rest into the last line, shortened", () => {
    assertEquals(wrapText("first line, second line, third line, fourth line", box), [
      "first line,",
      "second line,",
      "third line, f…",
    ]);
  });

  it("shortens a word that is too long for a line", () => {
    assertEquals(wrapText("incomprehensibilities", box), ["incompreh…"]);
  });

  it("gives one empty line for nothing", () => {
    assertEquals(wrapText("", box), [""]);
  });
});
