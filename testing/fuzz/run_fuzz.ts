import { FORMATS } from "./formats.ts";
import { FuzzError, type FuzzResult, LONGEST_MS } from "./fuzz_format.ts";
import type { FuzzNews, FuzzOrder } from "./fuzz_worker.ts";

/** How often the place of the worker is looked at. */
const TICK_MS = 200;

/** So many looks at the same file: more than all attempts at one may take. Looks, as a halted process has none. */
const MOST_TICKS = 10 * LONGEST_MS / TICK_MS;

/**
 * Reads so many changed files in all, in another thread.
 *
 * @throws {FuzzError} If a reader crashes, hangs, takes too much memory or gives a wrong answer.
 */
export async function runFuzz(
  options: {
    readonly count: number;
    readonly seed: number;
    /** Hears of each format when it is done. */
    readonly onResult?: (result: FuzzResult) => void;
  },
): Promise<FuzzResult[]> {
  const { count, seed, onResult = () => {} } = options;
  const shares = FORMATS.reduce((sum, { share = 1 }) => sum + share, 0);
  const place = new Int32Array(new SharedArrayBuffer(8));
  const worker = new Worker(new URL("fuzz_worker.ts", import.meta.url), { type: "module" });
  const order: FuzzOrder = { count: count / shares, seed, place };
  let watch: ReturnType<typeof setInterval> | undefined;
  try {
    return await new Promise((resolve, reject) => {
      const results: FuzzResult[] = [];
      let [seen, ticks] = ["", 0];
      const look = () => {
        ticks = seen === `${place}` ? ticks + 1 : 0;
        seen = `${place}`;
        if (ticks < MOST_TICKS) return;
        reject(
          new FuzzError(
            `Cannot fuzz ${nameAt(place)}, with seed ${seed}, as no file must take ${
              MOST_TICKS * TICK_MS
            } ms: found that it goes on`,
          ),
        );
      };
      worker.onmessage = ({ data }: MessageEvent<FuzzNews>) => {
        if (data === "ready") {
          worker.postMessage(order);
          watch = setInterval(look, TICK_MS);
        } else if (data === "done") resolve(results);
        else if ("format" in data) {
          results.push(data);
          onResult(data);
        } else reject(data);
      };
      worker.onerror = (event) => {
        event.preventDefault();
        reject(
          new FuzzError(
            `Cannot fuzz ${nameAt(place)} as its reader must not crash: found ${event.message}`,
          ),
        );
      };
    });
  } finally {
    clearInterval(watch);
    worker.terminate();
  }
}

function nameAt([format, file]: Int32Array): string {
  return `${FORMATS[format!]!.name}, file ${file}`;
}
