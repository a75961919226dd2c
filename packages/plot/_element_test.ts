import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { coordinate, element } from "./_element.ts";

describe("element()", () => {
  it("writes attributes in order and leaves out what is undefined", () => {
    assertEquals(element("rect", { y: 1, x: 2, fill: undefined }), '<rect y="1" x="2"/>');
  });

  it("escapes attributes and takes children as XML", () => {
    assertEquals(element("g", { class: '"<' }, "<a/>", "b"), '<g class="&quot;&lt;"><a/>b</g>');
  });
});

describe("coordinate()", () => {
  it("has at most two decimals, no exponent and no minus zero", () => {
    const written = [1 / 3, 1e-7, -1e-7, -0.001, 12.345678, 100, -2.5].map(coordinate);
    assertEquals(written, ["0.33", "0", "0", "0", "12.35", "100", "-2.5"]);
  });
});
