import { assertEquals } from "@std/assert";
import { LiveQuestion } from "./live_question.ts";

Deno.test("LiveQuestion waits for an answer before it asks again, once however often", () => {
  let asked = 0;
  const question = new LiveQuestion(() => asked++);
  question.ask();
  question.ask();
  question.ask();
  assertEquals(asked, 1);
  question.answered();
  assertEquals(asked, 2);
  question.answered();
  assertEquals(asked, 2);
  question.ask();
  assertEquals(asked, 3);
});
