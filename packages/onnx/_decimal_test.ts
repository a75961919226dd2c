import { assertEquals } from "@std/assert";
import * as fc from "fast-check";
import { decimal } from "./_decimal.ts";

Deno.test("decimal() gives back what was written with few digits", () => {
  for (const value of [0, 1, -1, 0.1, 1e-5, 0.01, 1 / 1024, 123456, -1e20, 3e-40]) {
    assertEquals(decimal(Math.fround(value)), value);
  }
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 999_999 }),
      fc.integer({ min: -30, max: 30 }),
      (digits, exponent) => {
        const value = Number(`${digits}e${exponent}`);
        assertEquals(decimal(Math.fround(value)), value);
      },
    ),
  );
});

Deno.test("decimal() never changes what single precision tells", () => {
  fc.assert(fc.property(fc.float(), (value) => {
    assertEquals(Math.fround(decimal(value)), value);
  }));
  const third = Math.fround(1 / 3);
  assertEquals(decimal(third), third);
  assertEquals([NaN, Infinity, -Infinity].map(decimal), [NaN, Infinity, -Infinity]);
});
