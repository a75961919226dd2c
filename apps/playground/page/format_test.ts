import { assertEquals } from "@std/assert";
import { formatCount, formatShare } from "./format.ts";

Deno.test("formatCount() groups digits by three", () => {
  assertEquals([7, 999.6, 60_000, 1_234_567].map(formatCount), [
    "7",
    "1\u202f000",
    "60\u202f000",
    "1\u202f234\u202f567",
  ]);
});

Deno.test("formatShare() is in per cent", () => {
  assertEquals([0, 0.9333, 1].map(formatShare), ["0.0 %", "93.3 %", "100.0 %"]);
});
