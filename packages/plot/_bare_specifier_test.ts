import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { bareSpecifier } from "./_bare_specifier.ts";

describe("bareSpecifier()", () => {
  it("drops npm: and the version", () => {
    const golden: [specifier: string, bare: string][] = [
      ["npm:@scope/name@1.2.3/folder/file.wasm", "@scope/name/folder/file.wasm"],
      ["npm:/@scope/name@^1.2.3/file@2.ttf", "@scope/name/file@2.ttf"],
      ["npm:@scope/name/file", "@scope/name/file"],
      ["npm:name@1.2.3/file", "name/file"],
      ["npm:name", "name"],
      ["@scope/name/file", "@scope/name/file"],
    ];
    for (const [specifier, bare] of golden) assertEquals(bareSpecifier(specifier), bare);
  });
});
