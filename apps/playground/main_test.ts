import { AppTask } from "@gradus/testing/app-task";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";

const root = new URL("../..", import.meta.url).pathname;
const playground = new AppTask("playground");

// That it serves the page is tested with the page.
describe("deno task playground", () => {
  it("may read its build and listen on this machine, and nothing else", () => {
    assertEquals(playground.permissions, [
      "--allow-read=apps/playground/build",
      "--allow-net=127.0.0.1",
    ]);
  });

  it("helps", async () => {
    const { code, stdout, stderr } = await playground.run(root, "--help");
    assertEquals({ code, stderr, stdout }, {
      code: 0,
      stderr: "",
      stdout: `Serves a page that trains in its tab, on this machine alone.

Usage: deno task playground [flags]

  --port N  where on 127.0.0.1; 0 takes one that is free (default 8000)
  --help    show this help

Ctrl-C ends it.
`,
    });
  });

  it("refuses a port that is none", async () => {
    const { code, stderr } = await playground.run(root, "--port", "65536");
    assertEquals({ code, stderr }, {
      code: 2,
      stderr:
        "Cannot use --port as it must be a whole number of at least 0 and of at most 65535: found 65536\n",
    });
  });
});
