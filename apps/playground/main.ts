/**
 * Serves the playground, a page that trains in its tab: `deno task playground --help`.
 *
 * @module
 */

import { integerFlag, switchFlag } from "@gradus/cli/flag";
import { helpText, parseFlags } from "@gradus/cli/parse-flags";
import { UsageError } from "@gradus/cli/usage-error";
import { serveFiles } from "./server.ts";

const FLAGS = {
  port: integerFlag({
    description: "where on 127.0.0.1; 0 takes one that is free",
    fallback: 8000,
    atLeast: 0,
    atMost: 65_535,
  }),
  help: switchFlag({ description: "show this help" }),
};

try {
  const { help, port } = parseFlags(Deno.args, FLAGS);
  if (help) {
    console.log(helpText(FLAGS, {
      command: "deno task playground",
      purpose: "Serves a page that trains in its tab, on this machine alone.",
      note: "Ctrl-C ends it.",
    }));
  } else {
    const handler = await serveFiles(new URL("build", import.meta.url).pathname);
    Deno.serve({
      hostname: "127.0.0.1",
      port,
      automaticCompression: true,
      onListen: ({ port }) => console.log(`The playground is at http://127.0.0.1:${port}/`),
    }, handler);
  }
} catch (error) {
  if (error instanceof UsageError) {
    console.error(error.message);
    Deno.exit(2);
  }
  if (error instanceof Deno.errors.AddrInUse) {
    console.error("Cannot serve the playground as its port must be free: choose another by --port");
    Deno.exit(1);
  }
  throw error;
}
