/**
 * The side of a peer: a process that prepares a workload when told, and runs it when told.
 *
 * The runner writes one JSON object a line, `{"prepare": "W4", "amount": 128}` or `{"run": 10}`, and the
 * peer answers each by one, `{"ms": 12.3, "value": 2.3}`: the mean duration of a run, and the number that
 * the last one read, so that peers can be compared. What it cannot do it answers by `{"cannot": "…"}`.
 * `prepare` includes the first run. With the argument `first-step` it does W6 at once, answers and ends.
 *
 * @module
 */
import { lines } from "../lines.ts";

/** Does a workload once, and returns a number that it read of the result. */
export type Run = () => Promise<number> | number;

/** Puts a workload's data where the peer wants it; throws why not if it cannot. */
export type Setup = (amount: number) => Promise<Run> | Run;

/** What the runner asks. */
export type Request =
  | { readonly prepare: string; readonly amount: number }
  | { readonly run: number };

/** What a peer answers; it may tell its own version. */
export type Reply =
  | { readonly ms: number; readonly value: number; readonly version?: string }
  | { readonly cannot: string };

/**
 * Answers requests until the runner closes the process's input.
 *
 * @param setupOf Finds what sets a workload up; throws why not if there is none.
 */
export async function serve(setupOf: (workload: string) => Promise<Setup> | Setup): Promise<void> {
  console.log = console.info = console.warn = console.error; // libraries talk, and lines are ours
  if (Deno.args.includes("first-step")) {
    const run = await (await setupOf("W6"))(1);
    answer({ ms: 0, value: await run() });
    Deno.exit();
  }
  let run: Run | null = null;
  for await (const line of lines(Deno.stdin.readable)) {
    const request: Request = JSON.parse(line);
    try {
      if ("prepare" in request) {
        run = await (await setupOf(request.prepare))(request.amount);
        answer(await time(run, 1));
      } else {
        answer(await time(run!, request.run));
      }
    } catch (error) {
      answer({ cannot: error instanceof Error ? error.message : String(error) });
    }
  }
  Deno.exit(); // whatever threads the library left behind
}

async function time(run: Run, times: number): Promise<Reply> {
  let value = NaN;
  const startMs = performance.now();
  for (let done = 0; done < times; done++) value = await run();
  return { ms: (performance.now() - startMs) / times, value };
}

function answer(reply: Reply): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${JSON.stringify(reply)}\n`));
}
