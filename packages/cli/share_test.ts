import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { assertUsageError } from "./_assert_usage_error_test.ts";
import { shareFlag, takeShare } from "./share.ts";

describe("shareFlag()", () => {
  const flag = shareFlag({ description: "a share" });

  it("reads K/N, K from 0", () => {
    assertEquals(flag.fallback, null);
    assertEquals(flag.read("0/1", "trial"), { index: 0, count: 1 });
    assertEquals(flag.read("007/80", "trial"), { index: 7, count: 80 });
  });

  it("refuses what is no share", () => {
    const wrong = ["1", "1/", "/2", "8/8", "9/8", "0/0", "-1/8", "1.5/8", "1/8/9", "a/b", "1e1/80"];
    for (const text of [...wrong, "9999999999/99999999999", "1 /2"]) {
      assertUsageError(
        () => flag.read(text, "trial"),
        `Cannot use --trial as it must be K/N with whole numbers, K from 0 to N − 1: found ${text}`,
      );
    }
    assertUsageError(
      () => flag.read("", "trial"),
      "Cannot use --trial as it must be K/N with whole numbers, K from 0 to N − 1: found none",
    );
  });
});

describe("takeShare()", () => {
  it("gives each item to one share, and shares that differ by one item at most", () => {
    const items = Array.from({ length: 23 }, (_, i) => i);
    for (const count of [1, 2, 7, 23, 40]) {
      const shares = Array.from(
        { length: count },
        (_, index) => takeShare(items, { index, count }),
      );
      assertEquals(shares.flat().toSorted((a, b) => a - b), items);
      const lengths = shares.map(({ length }) => length);
      assertEquals(Math.max(...lengths) - Math.min(...lengths) <= 1, true);
    }
  });

  it("spreads neighbours", () => {
    assertEquals(takeShare(["a", "b", "c", "d"], { index: 0, count: 2 }), ["a", "c"]);
  });
});
