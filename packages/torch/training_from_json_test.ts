import { assertThrowsExactly } from "@gradus/testing";
import { beginIris } from "@gradus/testing/iris-training";
import type { AugmentationRecord } from "@gradus/data";
import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { trainingFromJson } from "./training_from_json.ts";
import type { TrainingRecord } from "./training_record.ts";

const iris = beginIris().record;

const images: TrainingRecord = {
  ...iris,
  data: {
    type: "cifar10",
    folder: "data",
    statistics: { mean: [0, 0.5, 1], deviation: [1, 2, 3] },
    augment: [
      { type: "flip" },
      { type: "alternatingFlip" },
      { type: "translate", pixels: 2, padding: "zero" },
      { type: "cutout", size: 8 },
    ],
  },
  average: { decay: { limit: 0.9, steps: 5, power: 3 }, every: 5, lookahead: true },
  frozen: ["0.weight"],
};

/** What a file with this record gives. */
function read(record: unknown): TrainingRecord {
  return trainingFromJson(JSON.parse(JSON.stringify(record)));
}

describe("trainingFromJson()", () => {
  it("reads what a run wrote, by way of text", () => {
    for (const record of [iris, images]) assertEquals(read(record), record);
  });

  it("leaves out what else is there", () => {
    assertEquals(read({ ...images, command: "rm", data: { ...images.data, url: "x" } }), images);
  });

  it("refuses what is missing, of another type or out of range", () => {
    const refuse = (
      change: object,
      what: string,
      errorClass: new (message: string) => Error = TypeError,
    ) =>
      assertThrowsExactly(
        () => read({ ...images, ...change }),
        errorClass,
        `Cannot read a training as ${what}`,
      );
    refuse({ batch: 0 }, "batch must be a whole number of at least 1: found 0", RangeError);
    refuse({ epochs: undefined }, "epochs must be a whole number of at least 1: found undefined");
    refuse({ seed: -1 }, "seed must be a whole number of at least 0: found -1", RangeError);
    refuse({ rows: { 0: 1 } }, 'rows must be a list: found {"0":1}');
    refuse({ rows: [0.5] }, "each row must be a whole number of at least 0: found 0.5", RangeError);
    refuse({ frozen: [1] }, "each frozen must be text: found 1");
    refuse({ optimizer: null }, "optimizer must be an object: found null");
    refuse({ data: [] }, "data must be an object: found []");

    const data = (change: object) => ({ data: { ...images.data, ...change } });
    refuse(
      data({ type: "__proto__" }),
      'data.type must be iris, fashionMnist or cifar10: found "__proto__"',
    );
    refuse(data({ folder: 7 }), "data.folder must be text: found 7");
    const statistics = (mean: unknown, deviation: unknown) =>
      data({ statistics: { mean, deviation } });
    refuse(statistics([0], [1]), "data.statistics.mean must be 3 numbers: found [0]");
    refuse(statistics([0, 0, "0"], [1, 1, 1]), 'each mean must be a finite number: found "0"');
    refuse(
      statistics([0, 0, 0], [1, 1, 0]),
      "each deviation must be above 0: found 0",
      RangeError,
    );
    const augment = (...changes: unknown[]) => data({ augment: changes });
    refuse(augment(null), "each augmentation must be an object: found null");
    refuse(
      augment({ type: "mixup" } as unknown as AugmentationRecord),
      'the type of each augmentation must be flip, alternatingFlip, translate or cutout: found "mixup"',
    );
    refuse(
      augment({ type: "cutout", size: 0 }),
      "cutout.size must be a whole number of at least 1: found 0",
      RangeError,
    );
    refuse(
      augment({ type: "translate", pixels: 1, padding: "same" }),
      'translate.padding must be reflect or zero: found "same"',
    );

    const loss = (change: object) => ({ loss: { ...images.loss, ...change } });
    refuse(loss({ type: "huber" }), 'loss.type must be softmaxCrossEntropy: found "huber"');
    refuse(
      loss({ labelSmoothing: 1 }),
      "loss.labelSmoothing must be in [0, 1): found 1",
      RangeError,
    );
    refuse(loss({ classWeights: [0] }), "each class weight must be above 0: found 0", RangeError);

    const average = (change: object) => ({ average: { ...images.average, ...change } });
    refuse(average({ lookahead: 1 }), "average.lookahead must be true or false: found 1");
    refuse(
      average({ every: 0 }),
      "average.every must be a whole number of at least 1: found 0",
      RangeError,
    );
    const decay = (change: object) => average({ decay: { ...images.average!.decay, ...change } });
    refuse(decay({ limit: 2 }), "average.decay.limit must be in [0, 1]: found 2", RangeError);
    refuse(decay({ power: -1 }), "average.decay.power must be at least 0: found -1", RangeError);
  });
});
