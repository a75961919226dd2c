import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";

/** Runs the program with the rights of its task, or fewer. */
async function run(args: string[]): Promise<{ code: number; output: string; errors: string }> {
  const program = new URL("main.ts", import.meta.url).pathname;
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--allow-read", program, ...args],
    env: { NO_COLOR: "1" },
  }).output();
  const decoder = new TextDecoder();
  return { code, output: decoder.decode(stdout), errors: decoder.decode(stderr) };
}

describe("deno task download", () => {
  it("tells what it knows", async () => {
    const { code, output } = await run(["--help"]);
    assertEquals(code, 0);
    assertStringIncludes(output, "Usage: deno task download fashion-mnist|cifar-10 [flags]");
    assertStringIncludes(output, "--to DIR");
  });

  it("refuses what it does not know in one line", async () => {
    const cases: [string[], string][] = [
      [[], "the first argument must be one of fashion-mnist, cifar-10: found none\n"],
      [["imagenet"], "the first argument must be one of fashion-mnist, cifar-10: found imagenet\n"],
      [["toString"], "the first argument must be one of fashion-mnist, cifar-10: found toString\n"],
      [["cifar-10", "--into", "x"], "found --into\n"],
    ];
    const runs = await Promise.all(cases.map(([args]) => run(args)));
    for (const [i, { code, errors }] of runs.entries()) {
      assertEquals(code, 2);
      assert(errors.endsWith(cases[i][1]), errors);
      assertEquals(errors.split("\n").length, 2);
    }
  });

  it("says which right it lacks for another folder", async () => {
    const { code, errors } = await run(["cifar-10", "--to", "/tmp/gradus-elsewhere"]);
    assertEquals(code, 1);
    assertStringIncludes(errors, "Cannot go on as this task may only write to the folder data");
    assertStringIncludes(errors, "--allow-write=DIR apps/download/main.ts NAME --to DIR");
  });
});
