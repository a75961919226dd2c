import { assertThrowsExactly } from "@gradus/testing";
import { beginIris } from "@gradus/testing/iris-training";
import { assertSameState, train, type Training } from "@gradus/testing/training";
import { decodeSafetensors, encodeSafetensors, type NamedArray } from "@gradus/safetensors";
import { WeightAverage } from "@gradus/train";
import { assertAlmostEquals, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import * as fc from "fast-check";
import { exportTorch } from "./export_torch.ts";
import { IRIS_EPOCHS } from "./golden/_write_programs_test.ts";
import { importTorchTraining } from "./import_torch_training.ts";

const folder = `${import.meta.dirname}/golden`;

/** The bytes of a training's state. */
async function encode(training: Training): Promise<Uint8Array> {
  const files = await exportTorch({ model: training.model, training });
  return files.get("training.safetensors") as Uint8Array;
}

/** With an average, which the flowers' training has not by itself. */
function withAverage(training: Training): Training {
  const decay = { limit: 0.5, steps: 1, power: 0 };
  return {
    ...training,
    record: { ...training.record, average: { decay, every: 1, lookahead: false } },
    average: new WeightAverage(training.model, { decay: 0.5 }),
  };
}

describe("importTorchTraining()", () => {
  it("goes on from what PyTorch made of two more epochs, as the same training here does", async () => {
    const here = beginIris();
    await train(here, { from: 0, to: IRIS_EPOCHS });
    const losses = await train(here, { from: IRIS_EPOCHS, to: 4 });
    const output = await Deno.readTextFile(`${folder}/trained.txt`);
    const theirs = [...output.matchAll(/loss ([\d.]+)/g)].map(([, loss]) => Number(loss));
    assertEquals(theirs.length, losses.length);
    losses.forEach((loss, i) => assertAlmostEquals(theirs[i]!, loss, 2e-6));

    const back = beginIris();
    const steps = importTorchTraining(await Deno.readFile(`${folder}/trained.safetensors`), back);
    assertEquals([steps, back.optimizer.steps], [4 * 7, 4 * 7]);
    // What rounding grows to over some dozens of steps.
    await assertSameState(back, here, 1e-5);
  });

  it("reads back what exportTorch() wrote, to the bit", async () => {
    const training = withAverage(beginIris());
    await train(training, { from: 0, to: 1 });
    const copy = withAverage(beginIris());
    assertEquals(importTorchTraining(await encode(training), copy), 7);
    await assertSameState(copy, training, 0);
    assertEquals(copy.optimizer.save(), training.optimizer.save());
    assertEquals(copy.average!.save(), { steps: 7 });
  });

  it("refuses files that are not of the training, and changes nothing", async () => {
    const source = beginIris();
    await train(source, { from: 0, to: 1 });
    const { tensors, metadata } = decodeSafetensors(await encode(source));
    const [training, untouched] = [beginIris(), beginIris()];
    const refuse = (
      change: { readonly [name: string]: string | NamedArray | undefined },
      errorClass: new (message: string) => Error,
      message: string,
      into: Training = training,
    ) => {
      const numbers = new Map<string, NamedArray>(tensors);
      const texts = new Map(metadata);
      for (const [name, value] of Object.entries(change)) {
        if (typeof value === "object") numbers.set(name, value);
        else if (typeof value === "string") texts.set(name, value);
        else if (!numbers.delete(name)) texts.delete(name);
      }
      const bytes = encodeSafetensors(numbers, { metadata: texts });
      const run = () => importTorchTraining(bytes, { ...into, name: "a" });
      assertThrowsExactly(run, errorClass, message);
    };
    refuse(
      { format: "pt" },
      SyntaxError,
      'Cannot go on from a as its metadata must have the format of a training, gradus-torch: found "pt"',
    );
    for (const steps of ["-1", "1.5", "", "1e3", "99999999999999999"]) {
      refuse(
        { steps },
        SyntaxError,
        `Cannot go on from a as its metadata must count steps: found "${steps}"`,
      );
    }
    refuse(
      { steps: undefined },
      SyntaxError,
      "Cannot go on from a as its metadata must count steps: found none",
    );
    refuse(
      { updates: "{" },
      SyntaxError,
      'Cannot go on from a as its metadata updates must be JSON: found "{"',
    );
    refuse(
      { updates: "null" },
      SyntaxError,
      'Cannot go on from a as its metadata updates must be an object: found "null"',
    );
    refuse(
      { updates: '{"__proto__":{"0.weight":7,"0.bias":7}}' },
      TypeError,
      "Cannot go on from a as it must count the steps of each parameter: found no 0.weight",
    );
    refuse(
      { updates: '{"0.weight":8,"0.bias":7,"2.weight":7,"2.bias":7}' },
      RangeError,
      "Cannot restore 0.weight as its updates must not exceed the steps, 7: found 8 in a",
    );
    refuse(
      { updates: '{"0.weight":"7","0.bias":7,"2.weight":7,"2.bias":7}' },
      RangeError,
      "Cannot restore 0.weight as its updates must be a whole number of at least 0: found 7 in a",
    );
    refuse(
      { "momentum_buffer.2.bias": undefined, "exp_avg.2.bias": tensors.get("model.2.bias") },
      TypeError,
      "Cannot load a as it must have the tensors that are expected and no other: " +
        "found missing momentum_buffer.2.bias, extra exp_avg.2.bias",
    );
    refuse(
      {},
      SyntaxError,
      "Cannot go on from a as its metadata must count steps: found none",
      withAverage(beginIris()),
    );
    await assertSameState(training, untouched, 0);
    assertEquals(training.optimizer.save(), untouched.optimizer.save());
  });

  it("takes or refuses any file with a typed error", async () => {
    const source = beginIris();
    await train(source, { from: 0, to: 1 });
    const bytes = await encode(source);
    const training = beginIris();
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(700), fc.nat(255)), { minLength: 1, maxLength: 4 }),
        (changes) => {
          const changed = bytes.slice();
          for (const [place, value] of changes) changed[place] = value;
          try {
            importTorchTraining(changed, training);
          } catch (error) {
            const isTyped = [SyntaxError, TypeError, RangeError].some((kind) =>
              error instanceof kind
            );
            if (!isTyped || !(error as Error).message.startsWith("Cannot ")) throw error;
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});
