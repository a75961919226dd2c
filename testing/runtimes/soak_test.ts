import { assert, assertEquals } from "@std/assert";
import { assertSteady } from "./assert_steady.ts";
import { runSoak } from "./run_soak.ts";

Deno.test("random networks come out the same twice, and a step of theirs allocates nothing", async () => {
  const facts = await runSoak(["networks", "3000", "1"]);
  assert(facts.length > 0);
});

Deno.test("10,000 steps run at constant memory", async () => {
  const facts = await runSoak(["steps", "10000"]);
  assertEquals(facts.length, 10);
  assertEquals(new Set(facts.map(({ grownPages }) => grownPages)).size, 1);
  assertSteady(facts, { objectBytes: 1e6, processBytes: 64e6 });
});
