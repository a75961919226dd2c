import { assertEquals } from "@std/assert";
import { TrainingCurve } from "./curve.ts";

Deno.test("TrainingCurve makes points of the rows since the last one, and begins anew each epoch", () => {
  const curve = new TrainingCurve();
  assertEquals(curve.next(0.5, { loss: 2, accuracy: 0.25, rows: 100 }, false), {
    epoch: 0.5,
    loss: 2,
    accuracy: 0.25,
  });
  // 100 rows of mean 2 and 300 of mean 1.
  assertEquals(curve.next(1, { loss: 1.25, accuracy: 0.8125, rows: 400 }, true), {
    epoch: 1,
    loss: 1,
    accuracy: 1,
  });
  assertEquals(curve.next(2, { loss: 0.5, accuracy: 0.75, rows: 400 }, true), {
    epoch: 2,
    loss: 0.5,
    accuracy: 0.75,
  });
});
