import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { chooseBackend } from "./choose_backend.ts";
import { BACKENDS } from "./open_backend.ts";

describe("chooseBackend()", () => {
  it("takes what was asked for", async () => {
    for (const name of BACKENDS) {
      assertEquals(await chooseBackend(name), { name, reason: null });
    }
  });

  it("takes cpu by itself, and says why", async () => {
    const reason = "it is the fastest that needs no permission";
    assertEquals(await chooseBackend("auto"), { name: "cpu", reason });
  });
});
