import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { loadOnce } from "./_load_once.ts";

describe("loadOnce()", () => {
  it("loads once, also for those who ask at the same time", async () => {
    const asked: string[] = [];
    const load = loadOnce((name: string) => {
      asked.push(name);
      return Promise.resolve({ name });
    });
    const [first, second] = await Promise.all([load("a"), load("b")]);
    assertEquals([first === second, first === await load("c")], [true, true]);
    assertEquals(asked, ["a"]);
  });

  it("tries again after a failure", async () => {
    let calls = 0;
    const load = loadOnce<void, number>(() => {
      calls++;
      return calls === 1 ? Promise.reject(new Error("offline")) : Promise.resolve(calls);
    });
    await assertRejects(() => load(), Error, "offline");
    assertEquals([await load(), await load()], [2, 2]);
  });
});
