import { assertAlmostEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { textWidth } from "./_text_width.ts";

describe("textWidth()", () => {
  it("is what Arimo's own table of advance widths gives", () => {
    // import opentype from "npm:opentype.js@1.3.4";
    // const font = opentype.parse(Deno.readFileSync("Arimo_400Regular.ttf").buffer);
    // [...text].reduce((sum, c) => sum + font.charToGlyph(c).advanceWidth, 0) / font.unitsPerEm
    const golden: [text: string, width: number][] = [
      ["Fashion-MNIST: training a small convolutional network", 24.1767578125],
      ["hillilli little", 4.16748046875],
      ["WWW MMM OOO", 8.2197265625],
      ["test accuracy 0123456789", 11.73046875],
    ];
    for (const [text, width] of golden) assertAlmostEquals(textWidth(text, 100), 100 * width, 0.3);
  });

  it("is near to it for bold text and for other alphabets", () => {
    const title = "Fashion-MNIST: training a small convolutional network";
    assertAlmostEquals(textWidth(title, 1, "bold"), 26.11328125, 0.1);
    assertAlmostEquals(textWidth("éèüñ λμσαβ", 1), 5.34912109375, 0.2);
  });

  it("takes ideographs for squares", () => {
    assertAlmostEquals(textWidth("漢字", 10), 20, 1e-9);
  });
});
