/**
 * A peer that does nothing, for tests: it says that a run of any amount takes as many milliseconds as the
 * argument says.
 *
 * @module
 */
import { lines } from "../lines.ts";
import type { Reply, Request } from "../peers/serve.ts";

const ms = Number(Deno.args[0]);
let value = 0.5;

if (Deno.args.includes("first-step")) answer({ ms: 0, value });
else for await (const line of lines(Deno.stdin.readable)) handle(JSON.parse(line));

function handle(request: Request): void {
  if (!("prepare" in request)) return answer({ ms, value });
  switch (request.prepare) {
    case "works":
      return answer({ ms, value });
    case "differs":
      value = ms;
      return answer({ ms, value });
    case "is silent":
      return;
    case "dies":
      console.error("Error: out of memory");
      return Deno.exit(3);
  }
  answer({ cannot: `has no ${request.prepare}` });
}

function answer(reply: Reply): void {
  console.log(JSON.stringify(reply));
}
