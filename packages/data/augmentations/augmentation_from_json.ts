import { alternatingFlip } from "./alternating_flip.ts";
import type { Augmentation } from "./augmentation.ts";
import type { AugmentationRecord } from "./augmentation_record.ts";
import { cutout } from "./cutout.ts";
import { flip } from "./flip.ts";
import { translate } from "./translate.ts";

/**
 * Makes a change of images from its record.
 *
 * @param record The type, one of a closed list, and all its settings, possibly by way of a file.
 * @returns The change.
 * @throws {TypeError} If the record is no object, or its type is not one of this package's.
 * @throws {RangeError} If a setting is out of range.
 *
 * @example
 * ```ts
 * import { augmentationFromJson } from "@gradus/data";
 * import { assertThrows } from "@std/assert";
 *
 * augmentationFromJson({ type: "translate", pixels: 2, padding: "reflect" });
 * assertThrows(() => augmentationFromJson({ type: "cutout", size: 0 }), RangeError);
 * ```
 */
export function augmentationFromJson(record: AugmentationRecord): Augmentation {
  if (typeof record !== "object" || record === null) {
    throw new TypeError(
      `Cannot change images as the record of a change must be an object: found ${
        JSON.stringify(record)
      }`,
    );
  }
  switch (record.type) {
    case "alternatingFlip":
      return alternatingFlip();
    case "cutout":
      return cutout(record);
    case "flip":
      return flip();
    case "translate":
      // Left out, it would be taken for the default.
      return translate({ pixels: record.pixels, padding: record.padding ?? refusePadding(record) });
    default:
      return refuse(record);
  }
}

function refusePadding(record: AugmentationRecord): never {
  throw new TypeError(
    `Cannot change images as a translation must have its padding: found ${JSON.stringify(record)}`,
  );
}

function refuse(record: never): never {
  throw new TypeError(
    `Cannot change images as the type of a change must be one of this package: found ${
      JSON.stringify((record as { type?: unknown }).type)
    }`,
  );
}
