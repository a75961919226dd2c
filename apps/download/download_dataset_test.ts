import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { archiveOf } from "./_test_archive_test.ts";
import { listFolder, serveFile, sumOf, withServer } from "./_test_server_test.ts";
import { downloadDataset } from "./download_dataset.ts";
import { OFFICIAL_DATASETS, type OfficialDataset } from "./official_datasets.ts";

const contents: Readonly<Record<string, Uint8Array>> = {
  "a.gz": new Uint8Array([1, 2, 3]),
  "b.gz": new Uint8Array(1000).fill(4),
  "c.tar.gz": await archiveOf({ "c/": { type: "directory" }, "c/one.bin": "one", "c/two": "2" }),
};

const answer = (request: Request) =>
  serveFile(contents[new URL(request.url).pathname.slice(1)], request);

async function datasetAt(
  address: string,
  names: readonly string[],
  archiveFolder: string | null,
): Promise<OfficialDataset> {
  const files = names.map(async (name) => ({
    ...{ name, address: `${address}/${name}`, sizeBytes: contents[name].length },
    sha256: await sumOf(contents[name]),
  }));
  return { title: "X", folder: "data/x", files: await Promise.all(files), archiveFolder };
}

describe("downloadDataset()", () => {
  it("keeps files in a folder that it makes, and asks for the missing ones alone", () =>
    withServer(answer, async ({ address, folder, ranges }) => {
      const dataset = await datasetAt(address, ["a.gz", "b.gz"], null);
      const place = `${folder}/new/place`;
      await downloadDataset(dataset, { folder: place });
      assertEquals(listFolder(place), ["a.gz", "b.gz"]);
      await Deno.remove(`${place}/a.gz`);
      await downloadDataset(dataset, { folder: place });
      assertEquals(await Deno.readFile(`${place}/a.gz`), contents["a.gz"]);
      assertEquals(ranges.length, 3);
    }));

  it("unpacks an archive, removes it, and knows that it did", () =>
    withServer(answer, async ({ address, folder, ranges }) => {
      const dataset = await datasetAt(address, ["c.tar.gz"], "c");
      await Deno.mkdir(`${folder}/c.part/c`, { recursive: true }); // of an earlier run
      await Deno.writeTextFile(`${folder}/c.part/c/one.bin`, "half");
      await downloadDataset(dataset, { folder });
      assertEquals(listFolder(folder), ["c"]);
      assertEquals(listFolder(`${folder}/c`), ["one.bin", "two"]);
      assertEquals(await Deno.readTextFile(`${folder}/c/one.bin`), "one");
      await downloadDataset(dataset, { folder });
      assertEquals(ranges.length, 1);
    }));

  it("unpacks an archive that an earlier run has downloaded", () =>
    withServer(answer, async ({ address, folder, ranges }) => {
      const dataset = await datasetAt(address, ["c.tar.gz"], "c");
      await Deno.writeFile(`${folder}/c.tar.gz`, contents["c.tar.gz"]);
      await downloadDataset(dataset, { folder });
      assertEquals(listFolder(folder), ["c"]);
      assertEquals(ranges.length, 0);
    }));

  it("leaves no folder under its name where the archive has none such", () =>
    withServer(answer, async ({ address, folder }) => {
      const dataset = await datasetAt(address, ["c.tar.gz"], "other");
      await assertRejects(() => downloadDataset(dataset, { folder }), Deno.errors.NotFound);
      assertEquals(listFolder(folder), ["c.tar.gz", "other.part"]);
    }));
});

describe("OFFICIAL_DATASETS", () => {
  it("pins each file by size and SHA-256, at an address of TLS", () => {
    for (const { files } of Object.values(OFFICIAL_DATASETS)) {
      for (const { address, name, sizeBytes, sha256 } of files) {
        assertEquals(new URL(address).protocol, "https:");
        assertEquals(address.endsWith(`/${name}`), true);
        assertEquals(Number.isSafeInteger(sizeBytes), true);
        assertEquals(/^[0-9a-f]{64}$/.test(sha256), true);
      }
    }
  });
});
