import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { groupDigits, type Label, labelElement, labelWidth, numberLabel } from "./_label.ts";
import { textWidth } from "./_text_width.ts";

describe("numberLabel()", () => {
  it("writes plain numbers from a ten-thousandth to a million, and powers of ten beyond", () => {
    const golden: [value: number, label: Label][] = [
      [0, { text: "0" }],
      [0.001, { text: "0.001" }],
      [0.1 + 0.2, { text: "0.3" }],
      [-2.5, { text: "−2.5" }],
      [9999, { text: "9999" }],
      [12345, { text: "12\u2009345" }],
      [999_999, { text: "999\u2009999" }],
      [1e6, { text: "10", exponent: "6" }],
      [3e-7, { text: "3×10", exponent: "−7" }],
      [-1.25e-5, { text: "−1.25×10", exponent: "−5" }],
      [Infinity, { text: "Infinity" }],
      [NaN, { text: "NaN" }],
    ];
    for (const [value, label] of golden) assertEquals(numberLabel(value), label);
  });
});

describe("groupDigits()", () => {
  it("sets thin spaces in whole parts of five digits and more", () => {
    const written = ["-1234567.12345", "1234", "0.00012", "-0.5"].map(groupDigits);
    assertEquals(written, ["−1\u2009234\u2009567.12345", "1234", "0.00012", "−0.5"]);
  });
});

describe("labelElement()", () => {
  it("raises the exponent and makes it smaller", () => {
    assertEquals(
      labelElement({ text: "10", exponent: "−7" }, { x: 1, y: 2, size: 10 }),
      '<text x="1" y="2" font-size="10">10<tspan dy="-3.8" font-size="7.5">−7</tspan></text>',
    );
  });

  it("escapes", () => {
    assertEquals(
      labelElement({ text: "<" }, { x: 0, y: 0, size: 10 }),
      '<text x="0" y="0" font-size="10">&lt;</text>',
    );
  });
});

describe("labelWidth()", () => {
  it("counts the exponent at its own size", () => {
    const expected = textWidth("10", 20) + textWidth("−7", 15);
    assertEquals(labelWidth({ text: "10", exponent: "−7" }, 20), expected);
  });
});
