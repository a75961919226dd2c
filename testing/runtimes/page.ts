/** What the page runs: the task is in its address, the report goes back to where it came from. @module */

import { report } from "./report.ts";

const query = new URLSearchParams(location.search);
const threads = query.get("threads");

let body: unknown;
try {
  const task = {
    threads: threads === null ? null : Number(threads),
    contract: query.has("contract"),
  };
  body = {
    report: await report(task),
    // @ts-ignore Deno's own types do not know it.
    isIsolated: globalThis.crossOriginIsolated,
  };
} catch (error) {
  body = { error: error instanceof Error ? error.stack : String(error) };
}
await fetch("/report", { method: "POST", body: JSON.stringify(body) });
