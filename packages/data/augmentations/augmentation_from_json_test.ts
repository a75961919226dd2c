import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { channelStatistics } from "../channel_statistics.ts";
import { drawnShapes } from "../drawn_shapes.ts";
import { ImageBatches } from "../image_batches.ts";
import { alternatingFlip } from "./alternating_flip.ts";
import type { Augmentation } from "./augmentation.ts";
import { augmentationFromJson } from "./augmentation_from_json.ts";
import type { AugmentationRecord } from "./augmentation_record.ts";
import { cutout } from "./cutout.ts";
import { flip } from "./flip.ts";
import { translate } from "./translate.ts";

const shapes = drawnShapes({ rows: 6, seed: 0 });
const statistics = channelStatistics(shapes.x);

/** What becomes of images. */
function changed(change: Augmentation): Float32Array {
  const batches = new ImageBatches(shapes, { size: 6, seed: 0, statistics, augment: [change] });
  return [...batches.epoch(1)][0]!.x.data;
}

function refusal(record: unknown): string {
  return assertThrows(() => augmentationFromJson(record as AugmentationRecord), TypeError).message;
}

describe("augmentationFromJson()", () => {
  const cases: [AugmentationRecord, Augmentation][] = [
    [{ type: "alternatingFlip" }, alternatingFlip()],
    [{ type: "cutout", size: 8 }, cutout({ size: 8 })],
    [{ type: "flip" }, flip()],
    [{ type: "translate", pixels: 3, padding: "reflect" }, translate({ pixels: 3 })],
    [{ type: "translate", pixels: 3, padding: "zero" }, translate({ pixels: 3, padding: "zero" })],
  ];
  for (const [record, change] of cases) {
    it(`makes the change that its record names, by way of text: ${JSON.stringify(record)}`, () => {
      const made = augmentationFromJson(JSON.parse(JSON.stringify(record)));
      assertEquals(changed(made), changed(change));
    });
  }

  it("refuses types that are not of this package, and what lacks a setting", () => {
    for (const type of ["mixup", "__proto__", "constructor", 7, null]) {
      assertEquals(
        refusal({ type }),
        `Cannot change images as the type of a change must be one of this package: found ${
          JSON.stringify(type)
        }`,
      );
    }
    assertEquals(
      refusal(null),
      "Cannot change images as the record of a change must be an object: found null",
    );
    assertEquals(
      refusal({ type: "translate", pixels: 1 }),
      'Cannot change images as a translation must have its padding: found {"type":"translate","pixels":1}',
    );
  });
});
