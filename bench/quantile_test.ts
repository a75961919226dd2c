import { assertEquals, assertThrows } from "@std/assert";
import { quantile, ratiosOf, spreadOf } from "./quantile.ts";

Deno.test("quantile() lies between its neighbours", () => {
  assertEquals(quantile([3], 0.5), 3);
  assertEquals(quantile([3, 1, 2], 0.5), 2);
  assertEquals(quantile([4, 1, 2, 10], 0.5), 3);
  assertEquals(quantile([0, 10], 0.25), 2.5);
  assertEquals(quantile([10, 9, 100], 1), 100);
  assertThrows(
    () => quantile([], 0.5),
    RangeError,
    "Cannot take a quantile as there must be a number: found none",
  );
});

Deno.test("spreadOf() is not moved by one outlier", () => {
  assertEquals(spreadOf([1, 2, 3, 4, 1000]), { median: 3, low: 2, high: 4 });
  assertEquals(spreadOf([1 / 3]), { median: 0.33333, low: 0.33333, high: 0.33333 });
});

Deno.test("ratiosOf() pairs what was measured in one round", () => {
  assertEquals(ratiosOf([10, 30, 8], [5, 10, 8]), [2, 3, 1]);
  assertEquals(ratiosOf([10], [5, 10, 8]), [2]);
  assertEquals(ratiosOf([10, 30, 8], [5]), [2]);
});
