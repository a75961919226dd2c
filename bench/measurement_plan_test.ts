import { assertEquals } from "@std/assert";
import { planAmount, planMeasurement } from "./measurement_plan.ts";

const limits = { rounds: 7, capMs: 10_000 };

Deno.test("planAmount() gives a slow peer less to do", () => {
  assertEquals(planAmount(128, 1, limits), 128);
  assertEquals(planAmount(128, 10_000 / 128, limits), 128);
  assertEquals(planAmount(128, 100, limits), 100);
  assertEquals(planAmount(128, 3_000, limits), 3);
  assertEquals(planAmount(128, 60_000, limits), 1);
});

Deno.test("planMeasurement() repeats what is short and measures what is long less often", () => {
  assertEquals(planMeasurement(0.01, limits), { repeats: 6000, rounds: 7 });
  assertEquals(planMeasurement(25, limits), { repeats: 3, rounds: 7 });
  assertEquals(planMeasurement(2_000, limits), { repeats: 1, rounds: 5 });
  assertEquals(planMeasurement(60_000, limits), { repeats: 1, rounds: 1 });
});
