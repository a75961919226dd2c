import type { Report, Task } from "./report.ts";

/** What a page reports. */
export interface PageReport {
  readonly report: Report;
  /** Whether the page is cross-origin isolated. */
  readonly isIsolated: boolean;
}

/** Quiet, alone, and without a screen. */
const FLAGS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Without Node's modules: of `node:util` the assertions need these two, for messages and for dates. */
const PAGE = `<!DOCTYPE html>
<meta charset="utf-8">
<script type="importmap">
{ "imports": { "node:util": "data:text/javascript,export const inspect = String, isDeepStrictEqual = Object.is" } }
</script>
<script type="module" src="/page.js"></script>`;

/**
 * Runs a task in Chromium, in a page of a server of our own.
 *
 * @param chromium Path of the browser.
 * @param source The bundled page.
 * @param task What to do; `isIsolated` has the server ask for cross-origin isolation, without which there
 * is no shared memory.
 * @returns What the page sent back.
 * @throws {Error} If the page fails, or says nothing for a minute.
 */
export async function runPage(
  chromium: string,
  source: string,
  task: Task & { readonly isIsolated: boolean },
): Promise<PageReport> {
  const reported = Promise.withResolvers<PageReport>();
  const isolation: HeadersInit = task.isIsolated
    ? {
      "Cross-Origin-Opener-Policy": "same-origin",
      "Cross-Origin-Embedder-Policy": "require-corp",
    }
    : {};
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const { pathname } = new URL(request.url);
    switch (`${request.method} ${pathname}`) {
      case "GET /":
        return respond(PAGE, "text/html");
      case "GET /page.js":
        return respond(source, "text/javascript");
      case "POST /report": {
        const body = await request.json();
        if (body.error === undefined) reported.resolve(body);
        else reported.reject(new Error(`Cannot run the page: ${body.error}`));
        return new Response();
      }
      default:
        return new Response(null, { status: 404 });
    }
  });
  const respond = (body: string, type: string) =>
    new Response(body, { headers: { ...isolation, "Content-Type": type } });
  const profile = await Deno.makeTempDir();
  const query = new URLSearchParams();
  if (task.threads !== null) query.set("threads", `${task.threads}`);
  if (task.contract) query.set("contract", "");
  const browser = new Deno.Command(chromium, {
    args: [
      ...FLAGS,
      `--user-data-dir=${profile}`,
      `http://127.0.0.1:${server.addr.port}/?${query}`,
    ],
    stdout: "null",
    stderr: "null",
  }).spawn();
  const late = setTimeout(
    () => reported.reject(new Error("Cannot run the page as it must report within a minute")),
    60_000,
  );
  try {
    return await reported.promise;
  } finally {
    clearTimeout(late);
    browser.kill();
    await browser.status;
    await server.shutdown();
    await removeFolder(profile);
  }
}

/** Removes a folder into which processes that are about to end may still write. */
async function removeFolder(path: string): Promise<void> {
  for (let attempt = 1;; attempt++) {
    try {
      return await Deno.remove(path, { recursive: true });
    } catch (error) {
      if (attempt === 50) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
