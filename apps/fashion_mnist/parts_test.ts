import { partsMarkdown } from "@gradus/cli/explain-parts";
import { assertEquals, assertStringIncludes } from "@std/assert";
import ablations from "./ablations.json" with { type: "json" };
import { PARTS } from "./parts.ts";

/** Without what aligns a table. */
const squeezed = (text: string) => text.replace(/\s+/g, " ").replace(/-+/g, "-");

Deno.test("each part was left out once, and docs/results tells what that cost", async () => {
  assertEquals(Object.keys(ablations.without), Object.keys(PARTS));
  const page = await Deno.readTextFile(
    new URL("../../docs/results/fashion_mnist.md", import.meta.url),
  );
  assertStringIncludes(squeezed(page), squeezed(partsMarkdown(PARTS, ablations)));
});
