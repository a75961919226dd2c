/**
 * Reads a million changed files, or as many as the first argument says; the second one is the seed. Each
 * must be read rightly, or refused with a typed error that names it: `deno task fuzz ⟨count⟩ ⟨seed⟩`.
 *
 * @module
 */

import { textTable } from "@gradus/cli/text-table";
import type { FuzzResult } from "./fuzz_format.ts";
import { runFuzz } from "./run_fuzz.ts";

const [count = 1_000_000, seed = 1] = Deno.args.map(Number);
const startMs = performance.now();
const results = await runFuzz({
  count,
  seed,
  onResult: ({ format, files }) => console.log(`${format}: ${files} files`),
});
const total = (of: (result: FuzzResult) => number) =>
  results.reduce((sum, result) => sum + of(result), 0);
const refusals = ({ refused }: FuzzResult) =>
  Object.entries(refused).map(([kind, count]) => `${kind} ${count}`).join(", ");

console.log(`\n${
  textTable(
    ["format", "files", "read", "refused", "slowest (ms)"],
    results.map((result) => [
      result.format,
      `${result.files}`,
      `${result.accepted}`,
      refusals(result),
      result.slowestMs.toFixed(1),
    ]),
  )
}`);
const seconds = (performance.now() - startMs) / 1000;
console.log(
  `\n${total(({ files }) => files)} files in ${seconds.toFixed(0)} s with seed ${seed}: ${
    total(({ accepted }) => accepted)
  } read, ${total(({ files, accepted }) => files - accepted)} refused, none otherwise.`,
);
