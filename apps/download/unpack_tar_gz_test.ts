import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { archiveOf } from "./_test_archive_test.ts";
import { listFolder } from "./_test_server_test.ts";
import { unpackTarGz } from "./unpack_tar_gz.ts";

/** Runs with an archive in a temporary folder, beside an empty one to unpack it into. */
async function withArchive(
  bytes: Uint8Array,
  run: (archive: string, folder: string, root: string) => Promise<void>,
): Promise<void> {
  const root = await Deno.makeTempDir();
  const [archive, folder] = [`${root}/x.tar.gz`, `${root}/out`];
  await Deno.writeFile(archive, bytes);
  await Deno.mkdir(folder);
  try {
    await run(archive, folder, root);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

async function refuses(bytes: Uint8Array, message: (archive: string) => string): Promise<void> {
  await withArchive(bytes, async (archive, folder, root) => {
    await assertRejects(() => unpackTarGz(archive, folder), SyntaxError, message(archive));
    assertEquals(listFolder(root), ["out", "x.tar.gz"]);
    assertEquals(listFolder(folder).filter((name) => name !== "good.txt"), []);
  });
}

describe("unpackTarGz()", () => {
  it("unpacks files and folders", async () => {
    const long = "x".repeat(300_000);
    const name = `${"deep/".repeat(30)}file.txt`; // too long for the first header of tar
    const bytes = await archiveOf({
      "a/": { type: "directory" },
      "a/one.txt": "1",
      "./a/b/two.txt": long,
      "a/empty.txt": "",
      [name]: "deep",
    });
    await withArchive(bytes, async (archive, folder) => {
      await unpackTarGz(archive, folder);
      assertEquals(listFolder(`${folder}/a`), ["b", "empty.txt", "one.txt"]);
      assertEquals(await Deno.readTextFile(`${folder}/a/one.txt`), "1");
      assertEquals(await Deno.readTextFile(`${folder}/a/b/two.txt`), long);
      assertEquals(await Deno.readTextFile(`${folder}/a/empty.txt`), "");
      assertEquals(await Deno.readTextFile(`${folder}/${name}`), "deep");
    });
  });

  it("refuses paths that lead out of the folder", async () => {
    const paths = ["../evil.txt", "a/../../evil.txt", "/evil.txt", "a\\..\\evil.txt", "C:evil.txt"];
    for (const path of paths) {
      await refuses(
        await archiveOf({ "good.txt": "good", [path]: "evil" }),
        (archive) =>
          `Cannot unpack ${archive} as its paths must stay inside its folder: found ${path}`,
      );
    }
  });

  it("refuses links", async () => {
    for (const type of ["symlink", "link"] as const) {
      await refuses(
        await archiveOf({ "good.txt": "good", out: { type, linkname: "../.." }, "out/x": "evil" }),
        (archive) =>
          `Cannot unpack ${archive} as it must hold nothing but files and folders: ` +
          `found out, a ${type}`,
      );
    }
  });

  it("refuses archives that are damaged or cut off", async () => {
    const whole = await archiveOf({ "good.txt": "good".repeat(10_000) });
    const damaged = whole.slice();
    damaged[damaged.length - 8] ^= 1; // of the checksum of gzip
    const tar = new Blob([new Uint8Array(5000).fill(7)]).stream();
    const noTar = await new Response(tar.pipeThrough(new CompressionStream("gzip"))).arrayBuffer();
    for (const bytes of [damaged, whole.slice(0, -20), new Uint8Array(noTar), whole.slice(1)]) {
      await refuses(
        bytes,
        (archive) => `Cannot unpack ${archive} as it must be a whole .tar.gz: found `,
      );
    }
  });

  it("overwrites nothing", async () => {
    const bytes = await archiveOf({ "one.txt": "new" });
    await withArchive(bytes, async (archive, folder) => {
      await Deno.writeTextFile(`${folder}/one.txt`, "old");
      await assertRejects(() => unpackTarGz(archive, folder), Deno.errors.AlreadyExists);
      assertEquals(await Deno.readTextFile(`${folder}/one.txt`), "old");
    });
  });
});
