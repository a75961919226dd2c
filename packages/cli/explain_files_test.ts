import { MissingFilesError } from "@gradus/data";
import { assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { explainFiles } from "./explain_files.ts";
import { UsageError } from "./usage_error.ts";

async function messageOf(error: unknown, advice?: string): Promise<string> {
  const options = advice === undefined ? {} : { advice };
  const explained = await assertRejects(
    () => explainFiles(Promise.reject(error), options),
    UsageError,
  );
  assertStrictEquals(explained.cause, error);
  return explained.message;
}

describe("explainFiles()", () => {
  it("gives what was loaded", async () => {
    assertEquals(await explainFiles(Promise.resolve(7)), 7);
  });

  it("adds advice where files are missing, and nowhere else", async () => {
    const missing = new MissingFilesError("Cannot load a as b must hold c: found none of them");
    assertEquals(await messageOf(missing), missing.message);
    assertEquals(await messageOf(missing, "do d"), `${missing.message}; do d`);
    const broken = new SyntaxError("Cannot decode c as byte 3 must be 0: found 1");
    assertEquals(await messageOf(broken, "do d"), broken.message);
  });

  it("explains files that the system does not let be read", async () => {
    const folder = await Deno.makeTempDir();
    const { readFile } = await import("node:fs/promises");
    const error = await readFile(folder).catch((error) => error);
    await Deno.remove(folder);
    assertEquals(
      await messageOf(error),
      `Cannot load files as they must be readable: found ${error.message}`,
    );
  });

  it("passes on what is no matter of files", async () => {
    for (const error of [new TypeError("a bug"), new RangeError("another"), "text", null]) {
      const passed = await explainFiles(Promise.reject(error)).catch((error) => error);
      assertStrictEquals(passed, error);
    }
  });
});
