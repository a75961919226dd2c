import { assert, assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { readFileWhole, writeFileWhole } from "./mod.ts";

const newFolder = () => Deno.makeTempDir();

function namesIn(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}

describe("writeFileWhole()", () => {
  it("writes bytes and text, and replaces what was there", async () => {
    const folder = await newFolder();
    const path = `${folder}/a`;
    await writeFileWhole(path, new Uint8Array([1, 2, 3]));
    assertEquals(new Uint8Array(await readFileWhole(path)), new Uint8Array([1, 2, 3]));
    await writeFileWhole(path, "é");
    assertEquals(new Uint8Array(await readFileWhole(path)), new Uint8Array([0xc3, 0xa9]));
    assertEquals(namesIn(folder), ["a"]);
  });

  it("leaves what was there, and nothing beside it, where it cannot rename", async () => {
    const folder = await newFolder();
    const path = `${folder}/a`;
    await Deno.mkdir(path);
    await Deno.writeTextFile(`${path}/old`, "old");
    await assertRejects(() => writeFileWhole(path, "new"), Error);
    assertEquals(namesIn(folder), ["a"]);
    assertEquals(await Deno.readTextFile(`${path}/old`), "old");
  });

  it("leaves what was there, and nothing beside it, where it cannot write", async () => {
    const folder = await newFolder();
    const path = `${folder}/a`;
    await writeFileWhole(path, "old");
    await assertRejects(() => writeFileWhole(path, 5 as never), TypeError);
    assertEquals(await Deno.readTextFile(path), "old");
    assertEquals(namesIn(folder), ["a"]);
    await assertRejects(() => writeFileWhole(`${folder}/none/a`, "new"), Error, "ENOENT");
  });

  it("is not in the way of what a crash left behind", async () => {
    const folder = await newFolder();
    const path = `${folder}/a`;
    await Deno.writeTextFile(`${path}.1.tmp`, "half a fi");
    await Deno.mkdir(`${path}.2.tmp`);
    await writeFileWhole(path, "new");
    assertEquals(await Deno.readTextFile(path), "new");
    assertEquals(namesIn(folder), ["a", "a.1.tmp", "a.2.tmp"]);
  });

  it("writes one of two contents, whole, where two write at once", async () => {
    const folder = await newFolder();
    const path = `${folder}/a`;
    const contents = Array.from({ length: 8 }, (_, i) => `${i}`.repeat(100_000 * (i + 1)));
    await Promise.all(contents.map((text) => writeFileWhole(path, text)));
    assert(contents.includes(await Deno.readTextFile(path)));
    assertEquals(namesIn(folder), ["a"]);
  });
});

describe("readFileWhole()", () => {
  it("says so where there is no file", async () => {
    const folder = await newFolder();
    await assertRejects(() => readFileWhole(`${folder}/none`), Error, "ENOENT");
  });
});
