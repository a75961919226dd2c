import { parseFlags } from "@gradus/cli";
import { assertEquals } from "@std/assert";
import { FLAGS } from "./flags.ts";

Deno.test("FLAGS reads lists of names and numbers", () => {
  assertEquals(parseFlags([], FLAGS), {
    only: null,
    peers: null,
    threads: [1, 2],
    rounds: 7,
    cap: 10,
    json: false,
    help: false,
  });
  const settings = parseFlags(["--only", "W1,W4", "--peers", "torch", "--cap", "0.5"], FLAGS);
  assertEquals(settings.only, ["W1", "W4"]);
  assertEquals(settings.peers, ["torch"]);
  assertEquals(settings.cap, 0.5);
});
