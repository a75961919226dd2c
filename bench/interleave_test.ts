import { assertEquals, assertRejects } from "@std/assert";
import { interleave, interleaveAll } from "./interleave.ts";

Deno.test("interleave() goes round by round", async () => {
  let calls = "";
  const contestant = (name: string, rounds: number) => ({
    rounds,
    measure: () => Promise.resolve((calls += name).length),
  });
  const results = await interleave([contestant("A", 3), contestant("B", 1), contestant("C", 3)]);
  assertEquals(calls, "ABCACAC");
  assertEquals(results, [[1, 4, 6], [2], [3, 5, 7]]);
  assertEquals(await interleave([]), []);
});

Deno.test("interleave() goes on without one that fails", async () => {
  const error = new Error("out of memory");
  let round = 0;
  const results = await interleave([
    { rounds: 3, measure: () => round++ === 1 ? Promise.reject(error) : Promise.resolve(1) },
    { rounds: 3, measure: () => Promise.resolve(2) },
    { rounds: 1, measure: () => Promise.reject("a word") },
  ]);
  assertEquals(results.slice(0, 2), [error, [2, 2, 2]]);
  assertEquals((results[2] as Error).message, "a word");
  assertEquals(round, 2);
});

Deno.test("interleaveAll() fails as the first that fails", async () => {
  const contestant = (measure: () => Promise<number>) => ({ rounds: 2, measure });
  const two = contestant(() => Promise.resolve(2));
  assertEquals(await interleaveAll([two, two]), [[2, 2], [2, 2]]);
  const failing = contestant(() => Promise.reject(new Error("out of memory")));
  await assertRejects(() => interleaveAll([two, failing]), Error, "out of memory");
});
