import { assert, assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { listFolder, serveFile, sumOf, withServer } from "./_test_server_test.ts";
import { downloadFile } from "./download_file.ts";
import type { OfficialFile } from "./official_datasets.ts";

const bytes = Uint8Array.from({ length: 300_000 }, (_, i) => (i * i) % 251);
const sha256 = await sumOf(bytes);

function fileAt(address: string): OfficialFile {
  return { name: "x.gz", address: `${address}/x.gz`, sizeBytes: bytes.length, sha256 };
}

/** The first bytes, after which the connection breaks as soon as some have arrived. */
function brokenAnswer(count: number, arrival: Promise<void>): Response {
  const stream = new ReadableStream({
    start: async (controller) => {
      controller.enqueue(bytes.slice(0, count));
      await arrival;
      controller.error(new Error("broken"));
    },
  });
  return new Response(stream, { headers: { "content-length": `${bytes.length}` } });
}

function innermost(error: Error): Error {
  return error.cause instanceof Error ? innermost(error.cause) : error;
}

describe("downloadFile()", () => {
  it("downloads a file, tells how far it is, and leaves nothing else", () =>
    withServer((request) => serveFile(bytes, request), async ({ address, folder, ranges }) => {
      const file = fileAt(address);
      const told: number[] = [];
      const onProgress = (of: OfficialFile, receivedBytes: number) => {
        assertEquals(of, file);
        told.push(receivedBytes);
      };
      assertEquals(await downloadFile(file, { folder, onProgress }), `${folder}/x.gz`);
      assertEquals(await Deno.readFile(`${folder}/x.gz`), bytes);
      assertEquals(listFolder(folder), ["x.gz"]);
      assertEquals(told.at(-1), bytes.length);
      assert(told.every((count, i) => i === 0 || count > told[i - 1]));
      assertEquals(ranges[0], null);

      await downloadFile(file, { folder });
      assertEquals(ranges.length, 1); // it was there already
    }));

  it("goes on from where the connection broke", async () => {
    const arrival = Promise.withResolvers<void>();
    let isBroken = true;
    const answer = (request: Request) =>
      isBroken ? brokenAnswer(100_000, arrival.promise) : serveFile(bytes, request);
    await withServer(answer, async ({ address, folder, ranges }) => {
      const file = fileAt(address);
      const error = await assertRejects(
        () => downloadFile(file, { folder, onProgress: () => arrival.resolve() }),
        Error,
      );
      const { size } = await Deno.stat(`${folder}/x.gz.part`);
      assert(size > 0 && size <= 100_000, `${size}`);
      assertEquals(
        error.message,
        `Cannot download ${address}/x.gz as all of its 300000 bytes must arrive: found ${size} ` +
          `and then "${innermost(error).message}"; they are kept, so the same command goes ` +
          `on from there`,
      );
      assertEquals(listFolder(folder), ["x.gz.part"]);

      isBroken = false;
      const told: number[] = [];
      await downloadFile(file, { folder, onProgress: (_, count) => told.push(count) });
      assertEquals(ranges[1], `bytes=${size}-`);
      assert(told[0] > size);
      assertEquals(await Deno.readFile(`${folder}/x.gz`), bytes);
      assertEquals(listFolder(folder), ["x.gz"]);
    });
  });

  it("begins anew where the server does not know ranges", () =>
    withServer(() => new Response(bytes.slice()), async ({ address, folder, ranges }) => {
      await Deno.writeFile(`${folder}/x.gz.part`, new Uint8Array(1000).fill(7));
      await downloadFile(fileAt(address), { folder });
      assertEquals(ranges[0], "bytes=1000-");
      assertEquals(await Deno.readFile(`${folder}/x.gz`), bytes);
    }));

  it("asks nothing where the part is whole", async () => {
    const folder = await Deno.makeTempDir();
    await Deno.writeFile(`${folder}/x.gz.part`, bytes);
    await downloadFile(fileAt("http://127.0.0.1:1"), { folder });
    assertEquals(listFolder(folder), ["x.gz"]);
    await Deno.remove(folder, { recursive: true });
  });

  it("refuses and removes other bytes of the same length", async () => {
    const others = bytes.slice().fill(0, 5, 9);
    const answer = (request: Request) => serveFile(others, request);
    await withServer(answer, async ({ address, folder }) => {
      await assertRejects(
        () => downloadFile(fileAt(address), { folder }),
        Error,
        `Cannot keep x.gz from ${address}/x.gz as its SHA-256 must be ${sha256}: ` +
          `found ${await sumOf(others)}; the download is removed, so the same command begins anew`,
      );
      assertEquals(listFolder(folder), []);
    });
  });

  it("refuses and removes too many bytes of a server that does not tell how many", () =>
    withServer(
      () =>
        new Response(
          new ReadableStream({
            pull: (controller) => controller.enqueue(new Uint8Array(100_000)), // without end
          }),
        ),
      async ({ address, folder }) => {
        await assertRejects(
          () => downloadFile(fileAt(address), { folder }),
          Error,
          "the download is removed",
        );
        assertEquals(listFolder(folder), []);
      },
    ));

  it("keeps too few bytes of a server that does not tell how many", () =>
    withServer(
      () => new Response(new Blob([bytes.slice(0, 10)]).stream()),
      async ({ address, folder }) => {
        await assertRejects(
          () => downloadFile(fileAt(address), { folder }),
          Error,
          `Cannot download ${address}/x.gz as all of its 300000 bytes must arrive: found 10; ` +
            `they are kept, so the same command goes on from there`,
        );
        assertEquals(await Deno.readFile(`${folder}/x.gz.part`), bytes.slice(0, 10));
      },
    ));

  it("refuses answers of other lengths and statuses, and takes nothing of them", async () => {
    const page = () => new Response("<p>Please log in</p>");
    const partial = (range: string | null) => () =>
      new Response("bytes", {
        status: 206,
        headers: range === null ? {} : { "content-range": range },
      });
    const cases: [answer: () => Response, expected: string, found: string][] = [
      [page, "200 with 300000 bytes", "200 with 20 bytes"],
      [() => new Response("none", { status: 404 }), "200 with 300000 bytes", "404"],
      [() => new Response(null, { status: 416 }), "200 with 300000 bytes", "416"],
      [partial(null), "206 with bytes 5-299999/300000", "206 with no range"],
      [partial("bytes 0-4/300000"), "206 with bytes 5-299999/300000", "206 with bytes 0-4/300000"],
      [partial("bytes 5-9/10"), "206 with bytes 5-299999/300000", "206 with bytes 5-9/10"],
    ];
    for (const [answer, expected, found] of cases) {
      await withServer(answer, async ({ address, folder }) => {
        await Deno.writeFile(`${folder}/x.gz.part`, bytes.subarray(0, 5));
        await assertRejects(
          () => downloadFile(fileAt(address), { folder }),
          Error,
          `Cannot download ${address}/x.gz as its server must answer ${expected}: found ${found}`,
        );
        assertEquals(await Deno.readFile(`${folder}/x.gz.part`), bytes.slice(0, 5));
        assertEquals(listFolder(folder), ["x.gz.part"]);
      });
    }
  });

  it("says that the server cannot be reached", async () => {
    const folder = await Deno.makeTempDir();
    await assertRejects(
      () => downloadFile(fileAt("http://127.0.0.1:1"), { folder }),
      Error,
      "Cannot download http://127.0.0.1:1/x.gz as its server must answer: found ",
    );
    assertEquals(listFolder(folder), []);
    await Deno.remove(folder);
  });

  it("leaves another file of the same name as it is", async () => {
    const folder = await Deno.makeTempDir();
    await Deno.writeTextFile(`${folder}/x.gz`, "mine");
    const sum = await sumOf(new TextEncoder().encode("mine"));
    await assertRejects(
      () => downloadFile(fileAt("http://127.0.0.1:1"), { folder }),
      Error,
      `Cannot download to ${folder}/x.gz as the file there must have the SHA-256 ${sha256}: ` +
        `found ${sum}; it is left as it is, so move it away first`,
    );
    assertEquals(await Deno.readTextFile(`${folder}/x.gz`), "mine");
    await Deno.remove(folder, { recursive: true });
  });
});
