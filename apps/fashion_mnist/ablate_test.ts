import { AppTask } from "@gradus/testing/app-task";
import { inFolder } from "@gradus/testing/in-folder";
import { assertEquals, assertStringIncludes } from "@std/assert";
import { describe, it } from "@std/testing/bdd";

const ablations = new AppTask("fashion-mnist:ablations");

describe("deno task fashion-mnist:ablations", () => {
  it("may read, and write to experiments/ and ablations.json", () => {
    assertEquals(ablations.permissions, [
      ...["--allow-read", "--allow-write=experiments,apps/fashion_mnist/ablations.json"],
    ]);
  });

  it("lists its flags", async () => {
    await inFolder(async (folder) => {
      const { code, stdout, stderr } = await ablations.run(folder, "--help");
      assertEquals({ code, stderr }, { code: 0, stderr: "" });
      const flags = [...stdout.matchAll(/^ {2}--([a-z-]+)/gm)].map(([, name]) => name);
      assertEquals(flags, ["data", "seeds", "go-on", "backend", "help"]);
    });
  });

  it("refuses in one line what it cannot use, with exit code 2", async () => {
    await inFolder(async (folder) => {
      const { code, stdout, stderr } = await ablations.run(folder, "--data", "no/such");
      assertEquals([code, stdout], [2, ""]);
      assertEquals(stderr.trimEnd().split("\n").length, 1);
      assertStringIncludes(stderr, "Cannot load Fashion-MNIST as no/such ");
    });
  });
});
