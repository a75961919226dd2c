/** A file of the build, as it is sent. */
interface BuiltFile {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly type: string;
}

/** What a build may consist of. */
const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
};

/** Isolates the page from all others, without which browsers share no memory between threads. */
const ISOLATION = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
  "Cross-Origin-Resource-Policy": "same-origin",
};

/**
 * Nothing but the files of the build: scripts of its own, workers from a blob (those of the wasm
 * backend), wasm that it makes itself, and charts as images from a blob. No form is sent anywhere, and no
 * other page may frame it.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self' blob:",
  "style-src 'self'",
  "img-src 'self' blob:",
  "connect-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** How {@linkcode serveFiles} serves. */
export interface ServeOptions {
  /** Whether pages are cross-origin isolated. Default: true. */
  readonly isIsolated?: boolean;
}

/**
 * A handler that serves the files that are in a folder now, and nothing else.
 *
 * They are read once: a request names a file, it never becomes a path.
 *
 * @param folder The build.
 * @throws {Deno.errors.NotFound} If there is no such folder.
 * @throws {TypeError} If a file is of a type that no build has.
 */
export async function serveFiles(
  folder: string,
  { isIsolated = true }: ServeOptions = {},
): Promise<(request: Request) => Response> {
  const files = await readFolder(folder);
  const headers = {
    ...isIsolated ? ISOLATION : {},
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-cache",
  };
  return ({ method, url }) => {
    if (method !== "GET" && method !== "HEAD") {
      return new Response(null, { status: 405, headers: { ...headers, Allow: "GET, HEAD" } });
    }
    const { pathname } = new URL(url);
    const file = files.get(pathname === "/" ? "/index.html" : pathname);
    if (file === undefined) return new Response("Not found\n", { status: 404, headers });
    const body = method === "HEAD" ? null : file.bytes;
    return new Response(body, { headers: { ...headers, "Content-Type": file.type } });
  };
}

/** The files of a folder by their address. */
async function readFolder(folder: string): Promise<Map<string, BuiltFile>> {
  const files = new Map<string, BuiltFile>();
  for await (const { name, isFile } of Deno.readDir(folder)) {
    if (!isFile) continue;
    const type = TYPES[name.slice(name.lastIndexOf(".") + 1)];
    if (type === undefined) {
      throw new TypeError(
        `Cannot serve ${folder}/${name} as its type must be one of ${
          Object.keys(TYPES).join(", ")
        }: found another`,
      );
    }
    files.set(`/${name}`, { bytes: await Deno.readFile(`${folder}/${name}`), type });
  }
  return files;
}
