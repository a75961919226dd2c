import { assertEquals } from "@std/assert";
import { TrainingControl } from "./training_control.ts";

Deno.test("TrainingControl lets steps go on until it is told to stop", async () => {
  const control = new TrainingControl(0.1);
  assertEquals(await control.goesOn(), true);
  control.stop();
  assertEquals(await control.goesOn(), false);
});

Deno.test("TrainingControl makes a step wait while it is paused, however often", async () => {
  const control = new TrainingControl(0.1);
  control.pause();
  control.pause();
  let answer: boolean | null = null;
  const asked = control.goesOn().then((goesOn) => answer = goesOn);
  await new Promise((resolve) => setTimeout(resolve, 0));
  assertEquals(answer, null);
  control.resume();
  assertEquals(await asked, true);
});

Deno.test("TrainingControl ends a pause by a stop", async () => {
  const control = new TrainingControl(0.1);
  control.pause();
  const asked = control.goesOn();
  control.stop();
  assertEquals(await asked, false);
});
