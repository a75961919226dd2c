import { FORMATS } from "./formats.ts";
import { FuzzError, type FuzzResult, LONGEST_MS } from "./fuzz_format.ts";
import type { FuzzNews, FuzzOrder } from "./fuzz_worker.ts";

/** The first file of a format loads what reads it. */
const HANG_MS = 10 * LONGEST_MS;

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
      worker.onmessage = ({ data }: MessageEvent<FuzzNews>) => {
        if (data === "ready") worker.postMessage(order);
        else if (data === "done") resolve(results);
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
      let [seen, since] = ["", performance.now()];
      watch = setInterval(() => {
        if (seen !== `${place}`) [seen, since] = [`${place}`, performance.now()];
        else if (performance.now() - since > HANG_MS) {
          reject(
            new FuzzError(
              `Cannot fuzz ${
                nameAt(place)
              } with seed ${seed} as no file must take ${HANG_MS} ms: found that it goes on`,
            ),
          );
        }
      }, 200);
    });
  } finally {
    clearInterval(watch);
    worker.terminate();
  }
}

function nameAt([format, file]: Int32Array): string {
  return `${FORMATS[format!]!.name}, file ${file}`;
}
