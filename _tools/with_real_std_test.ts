import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { listPackages, relink } from "./with_real_std.ts";

describe("listPackages()", () => {
  it("lists folders with a configuration of their own", async () => {
    const std = await Deno.makeTempDir();
    try {
      for (const name of ["csv", "assert", "_tools"]) await Deno.mkdir(`${std}/${name}`);
      for (const path of ["csv/deno.json", "assert/deno.json", "deno.json"]) {
        await Deno.writeTextFile(`${std}/${path}`, "{}");
      }
      assertEquals(listPackages(std), [`${std}/assert`, `${std}/csv`]);
    } finally {
      await Deno.remove(std, { recursive: true });
    }
  });
});

describe("relink()", () => {
  it("replaces the adapters and the compiler's options, and keeps all else", () => {
    const config = {
      links: ["./offline/std/assert", "./offline/std/csv", "./other"],
      workspace: ["./packages/*"],
      compilerOptions: { noUnusedParameters: true },
    };
    assertEquals(relink(config, ["/std/assert"]), {
      links: ["./other", "/std/assert"],
      workspace: ["./packages/*"],
      compilerOptions: {},
    });
  });
});
