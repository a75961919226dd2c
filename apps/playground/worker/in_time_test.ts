import { assertEquals, assertRejects } from "@std/assert";
import { inTime } from "./in_time.ts";

Deno.test("inTime() has what comes, null included", async () => {
  assertEquals(await inTime(Promise.resolve(null), 1000), { value: null });
  await assertRejects(() => inTime(Promise.reject(new Error("no")), 1000), Error, "no");
});

Deno.test("inTime() does not wait for what never comes", async () => {
  assertEquals(await inTime(new Promise(() => {}), 1), null);
});
