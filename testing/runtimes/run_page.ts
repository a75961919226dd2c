/** What a page is opened with. */
export interface PageOptions {
  /** What to do: the page finds it in its address. */
  readonly query: Readonly<Record<string, string>>;
  /** Whether the server asks for cross-origin isolation, without which there is no shared memory. */
  readonly isIsolated: boolean;
  /** Of the browser, beside those for a page that is quiet, alone and without a screen. */
  readonly flags?: readonly string[];
  /** How long the page may take. Default: a minute. */
  readonly patienceMs?: number;
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

/**
 * Without Node's modules: of `node:util` the assertions need these two, for messages and for dates. An error
 * of the page before its program runs is reported too.
 */
const PAGE = `<!DOCTYPE html>
<meta charset="utf-8">
<script type="importmap">
{ "imports": { "node:util": "data:text/javascript,export const inspect = String, isDeepStrictEqual = Object.is" } }
</script>
<script>
  addEventListener("error", ({ message }) =>
    fetch("/report", { method: "POST", body: JSON.stringify({ error: message }) }));
</script>
<script type="module" src="/page.js"></script>`;

/**
 * Runs a page in Chromium, from a server of our own.
 *
 * @param chromium Path of the browser.
 * @param source The bundled page, which posts what it has to say, or an `error`, to `/report`.
 * @param options What to do, and how.
 * @returns What the page posted.
 * @throws {Error} If the page fails, or says nothing for too long.
 */
export async function runPage<Report>(
  chromium: string,
  source: string,
  options: PageOptions,
): Promise<Report> {
  const { query, isIsolated, flags = [], patienceMs = 60_000 } = options;
  const reported = Promise.withResolvers<Report>();
  const isolation: HeadersInit = isIsolated
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
  const browser = new Deno.Command(chromium, {
    args: [
      ...FLAGS,
      ...flags,
      `--user-data-dir=${profile}`,
      `http://127.0.0.1:${server.addr.port}/?${new URLSearchParams(query)}`,
    ],
    stdout: "null",
    stderr: "null",
  }).spawn();
  const late = setTimeout(
    () =>
      reported.reject(new Error(`Cannot run the page as it must report within ${patienceMs} ms`)),
    patienceMs,
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
