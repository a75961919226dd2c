import { inFolder } from "@gradus/testing/in-folder";
import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { serveFiles } from "./server.ts";

const ADDRESS = "http://127.0.0.1:8000";

Deno.test("serveFiles() sends each file of its folder, with its type and what isolates it", async () => {
  await inFolder(async (folder) => {
    const files = {
      "index.html": "text/html; charset=utf-8",
      "style.css": "text/css; charset=utf-8",
      "page.js": "text/javascript; charset=utf-8",
      "icon.svg": "image/svg+xml",
    };
    for (const name of Object.keys(files)) await Deno.writeTextFile(`${folder}/${name}`, name);
    const handler = await serveFiles(folder);
    for (const [name, type] of Object.entries(files)) {
      const { status, headers, text } = await get(handler, `/${name}`);
      assertEquals([status, text, headers.get("Content-Type")], [200, name, type]);
      assertEquals(headers.get("Cross-Origin-Opener-Policy"), "same-origin");
      assertEquals(headers.get("Cross-Origin-Embedder-Policy"), "require-corp");
      assertStringIncludes(headers.get("Content-Security-Policy")!, "default-src 'none'; ");
      assertEquals(headers.get("X-Content-Type-Options"), "nosniff");
    }
    assertEquals((await get(handler, "/?x=1")).text, "index.html");
  });
});

Deno.test("serveFiles() leaves the isolation out where it is told to", async () => {
  await inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/index.html`, "");
    const { headers } = await get(await serveFiles(folder, { isIsolated: false }), "/");
    assertEquals(headers.get("Cross-Origin-Opener-Policy"), null);
    assertEquals(headers.get("Cross-Origin-Embedder-Policy"), null);
  });
});

Deno.test("serveFiles() finds nothing outside of its folder, nor in folders inside", async () => {
  await inFolder(async (parent) => {
    const folder = `${parent}/build`;
    await Deno.mkdir(`${folder}/inside`, { recursive: true });
    await Deno.writeTextFile(`${parent}/secret.js`, "secret");
    await Deno.writeTextFile(`${folder}/inside/secret.js`, "secret");
    await Deno.writeTextFile(`${folder}/index.html`, "");
    await Deno.symlink(`${parent}/secret.js`, `${folder}/link.js`);
    const handler = await serveFiles(folder);
    const paths = ["/../secret.js", "/%2e%2e/secret.js", "/..%2fsecret.js", "/inside/secret.js"];
    for (const path of [...paths, "/link.js", "/inside", "//index.html", "/%00", "/constructor"]) {
      const { status, text } = await get(handler, path);
      assertEquals([path, status, text], [path, 404, "Not found\n"]);
    }
  });
});

Deno.test("serveFiles() answers GET and HEAD alone", async () => {
  await inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/index.html`, "page");
    const handler = await serveFiles(folder);
    const head = handler(new Request(`${ADDRESS}/`, { method: "HEAD" }));
    assertEquals([head.status, await head.text()], [200, ""]);
    const post = handler(new Request(`${ADDRESS}/`, { method: "POST", body: "x" }));
    assertEquals([post.status, post.headers.get("Allow")], [405, "GET, HEAD"]);
  });
});

Deno.test("serveFiles() refuses a folder with what is of no build", async () => {
  await inFolder(async (folder) => {
    await Deno.writeTextFile(`${folder}/notes.txt`, "");
    await assertRejects(
      () => serveFiles(folder),
      TypeError,
      `Cannot serve ${folder}/notes.txt as its type must be one of html, css, js, svg: found another`,
    );
  });
});

async function get(handler: (request: Request) => Response, path: string) {
  const response = handler(new Request(ADDRESS + path));
  const { status, headers } = response;
  return { status, headers, text: await response.text() };
}
