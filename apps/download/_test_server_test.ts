/** Runs with a server on this machine that answers so, and with a temporary folder. */
export async function withServer(
  answer: (request: Request) => Response,
  run: (options: {
    readonly address: string;
    readonly folder: string;
    /** The ranges that were asked for, request by request; null for all. */
    readonly ranges: readonly (string | null)[];
  }) => Promise<void>,
): Promise<void> {
  const ranges: (string | null)[] = [];
  const folder = await Deno.makeTempDir();
  const server = Deno.serve({
    hostname: "127.0.0.1",
    port: 0,
    onListen: () => {},
    onError: () => new Response(null, { status: 500 }),
  }, (request) => {
    ranges.push(request.headers.get("range"));
    return answer(request);
  });
  try {
    await run({ address: `http://127.0.0.1:${server.addr.port}`, folder, ranges });
  } finally {
    await server.shutdown();
    await Deno.remove(folder, { recursive: true });
  }
}

/** Answers with a file as a good server does, or with the part of it that is asked for. */
export function serveFile(bytes: Uint8Array, request: Request): Response {
  const begin = Number(request.headers.get("range")?.match(/^bytes=(\d+)-$/)?.[1] ?? 0);
  const rest = new Uint8Array(bytes.subarray(begin));
  if (begin === 0) return new Response(rest);
  const range = `bytes ${begin}-${bytes.length - 1}/${bytes.length}`;
  return new Response(rest, { status: 206, headers: { "content-range": range } });
}

/** The SHA-256 of bytes, in hexadecimal digits. */
export async function sumOf(bytes: Uint8Array): Promise<string> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new Uint8Array(bytes))).toHex();
}

/** The names of what is in a folder, sorted. */
export function listFolder(folder: string): string[] {
  return [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
}
