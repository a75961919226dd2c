import { assertEquals, assertNotEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { drawnTask } from "./drawn_task.ts";

const task = drawnTask({ seed: 4 });
const limited = drawnTask({ seed: 4, limit: 30 });

describe("drawnTask()", () => {
  it("draws 5,000 images to train on, and 1,000 to test", () => {
    assertEquals(task.training.x.shape, [5000, 32, 32, 3]);
    assertEquals(task.test.x.shape, [1000, 32, 32, 3]);
    assertEquals(task.classes[2], "triangle");
  });

  it("draws no more to train on than the limit asks for, and the same ones", () => {
    const { x, y } = limited.training;
    assertEquals(x.shape, [30, 32, 32, 3]);
    assertEquals(x.data, task.training.x.data.slice(0, x.data.length));
    assertEquals(y.data, task.training.y.data.slice(0, 30));
    assertEquals(limited.test, task.test);
    assertEquals(limited.classes, task.classes);
  });

  it("draws other images to test, and others for another seed", () => {
    const first = ({ data }: { data: Uint8Array }) => data.slice(0, 3072);
    const other = drawnTask({ seed: 5, limit: 1 });
    assertNotEquals(first(task.test.x), first(task.training.x));
    assertNotEquals(first(other.training.x), first(task.training.x));
    assertNotEquals(first(other.test.x), first(task.test.x));
  });
});
