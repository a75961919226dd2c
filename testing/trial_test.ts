import type { Backend } from "@gradus/tensor";
import { reference } from "@gradus/tensor/reference";
import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { blank, blankIntegers, floats, integers } from "./numbers.ts";
import { runTrial, type Trial } from "./trial.ts";

const trialOf = (call: Trial<"x", "y">["call"]): Trial<"x", "y"> => ({
  inputs: { x: floats([1, 2]) },
  outputs: { y: blank([2]) },
  call,
});

/** Runs a call that breaks a rule, and returns what is said about it. */
async function complaint(call: Trial<"x", "y">["call"]): Promise<string> {
  return (await assertRejects(() => runTrial(reference(), trialOf(call)), Error)).message;
}

describe("runTrial()", () => {
  it("returns what the outputs hold, and gives all memory back", async () => {
    const backend = reference();
    const after = await runTrial(backend, {
      inputs: { x: floats([1.5, 2]), at: integers([1]) },
      outputs: { y: blank([1]), z: blankIntegers([2]), untouched: blank([1]) },
      call: (backend, { x, at, y, z }) => {
        backend.gather(x, at, 0, y);
        backend.copy(x, z);
      },
    });
    assertEquals(after, {
      y: new Float32Array([2]),
      z: new Int32Array([1, 2]),
      untouched: new Float32Array([NaN]),
    });
    assertEquals(backend.memory.storages, 0);
  });
  it("puts NaN behind inputs, for kernels that read too far", async () => {
    const { y } = await runTrial(
      reference(),
      trialOf((backend, { x, y }) =>
        backend.reduce("sum", { ...x, shape: [3] }, [0], { ...y, shape: [] })
      ),
    );
    assertEquals(y, new Float32Array([NaN, NaN]));
  });
  it("notices a call that writes past an output", async () => {
    assertEquals(
      await complaint((backend, { y }) => backend.fill(0, { ...y, shape: [3] })),
      "the call wrote past the end of y: 0,4321,4321,4321,4321 instead of 4321,4321,4321,4321,4321",
    );
  });
  it("notices a call that changes an input, or what lies behind it", async () => {
    assertEquals(
      await complaint((backend, { x }) => backend.fill(0, x)),
      "the call changed its input x",
    );
    assertEquals(
      await complaint((backend, { x }) => backend.write(x.storage, new Float32Array([7]), 2)),
      "the call changed its input x",
    );
  });
  it("notices a call that keeps memory", async () => {
    const kept: ReturnType<Backend["allocate"]>[] = [];
    const message = await complaint((backend) => {
      kept.push(backend.allocate("int32", 1, "a test"));
    });
    assertEquals(message.includes("the call allocated what it did not release"), true);
  });
});
