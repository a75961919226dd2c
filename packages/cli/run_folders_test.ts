import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { inFolder } from "@gradus/testing/in-folder";
import { findRunFolders } from "./run_folders.ts";

async function makeRuns(root: string, ...paths: string[]): Promise<void> {
  for (const path of paths) {
    await Deno.mkdir(`${root}/${path}`, { recursive: true });
    await Deno.writeTextFile(`${root}/${path}/config.json`, "{}");
  }
}

describe("findRunFolders()", () => {
  it("finds runs in experiments, in a model's folder, and a run itself, each once", async () => {
    await inFolder(async (root) => {
      await makeRuns(root, "a/002", "a/001", "b/001");
      await Deno.mkdir(`${root}/c/001`, { recursive: true });
      const all = ["a/001", "a/002", "b/001"].map((path) => `${root}/${path}`);
      assertEquals(await findRunFolders([root]), all);
      assertEquals(await findRunFolders([`${root}/a/`, `${root}/b/001/`, root]), all);
      assertEquals(await findRunFolders([`${root}/a/002`]), [`${root}/a/002`]);
      assertEquals(await findRunFolders([]), []);
    });
  });

  it("looks three levels deep, not into hidden folders, and follows no links", async () => {
    await inFolder(async (root) => {
      await makeRuns(root, "pod/a/001", "pod/x/y/001", ".trash/001");
      await Deno.symlink(`${root}/pod/a`, `${root}/link`);
      assertEquals(await findRunFolders([root]), [`${root}/pod/a/001`]);
    });
  });

  it("passes on that a folder cannot be read", async () => {
    await assertRejects(() => findRunFolders(["no/such"]), Error, "no/such");
  });
});
