/**
 * Reads the files of one format after the other, in a thread that can be ended where one hangs.
 *
 * @module
 */

import { FORMATS } from "./formats.ts";
import { fuzzFormat, type FuzzResult } from "./fuzz_format.ts";

/** What the worker is told. */
export interface FuzzOrder {
  /** Files of a format whose share is 1. */
  readonly count: number;
  readonly seed: number;
  /** `[format, file]`, where the worker is. */
  readonly place: Int32Array;
}

/** What the worker tells: that it is ready for its order, a result a format, an error, or that it is done. */
export type FuzzNews = "ready" | FuzzResult | Error | "done";

self.addEventListener("message", async ({ data }: MessageEvent<FuzzOrder>) => {
  const { count, seed, place } = data;
  try {
    for (const [number, format] of FORMATS.entries()) {
      Atomics.store(place, 0, number);
      const files = Math.ceil(count * (format.share ?? 1));
      const onFile = (file: number) => void Atomics.store(place, 1, file);
      postMessage(await fuzzFormat(format, { count: files, seed, onFile }));
    }
    postMessage("done");
  } catch (error) {
    postMessage(error as Error);
  }
});

// What comes earlier, while the formats make their files, is lost.
postMessage("ready");

declare const self: Worker;
declare function postMessage(news: FuzzNews): void;
