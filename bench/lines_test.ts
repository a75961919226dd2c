import { assertEquals } from "@std/assert";
import { lines } from "./lines.ts";

function streamOf(...parts: (string | Uint8Array)[]): ReadableStream<Uint8Array> {
  return ReadableStream.from(
    parts.map((part) => typeof part === "string" ? new TextEncoder().encode(part) : part),
  );
}

Deno.test("lines() joins what arrives in parts", async () => {
  const text = new TextEncoder().encode("ä\n");
  const parts = streamOf("a", "b\nc\n", "\n", text.slice(0, 1), text.slice(1), "end");
  assertEquals(await Array.fromAsync(lines(parts)), ["ab", "c", "", "ä", "end"]);
  assertEquals(await Array.fromAsync(lines(streamOf())), []);
});
