/** A change of images that mirrors them, as JSON. */
export interface FlipRecord {
  /** Which change. */
  readonly type: "alternatingFlip" | "flip";
}

/** A change of images that moves them, as JSON. */
export interface TranslateRecord {
  /** Which change. */
  readonly type: "translate";
  /** The longest way along each axis. */
  readonly pixels: number;
  /** What comes in from outside. */
  readonly padding: "reflect" | "zero";
}

/** A change of images that cuts a square out, as JSON. */
export interface CutoutRecord {
  /** Which change. */
  readonly type: "cutout";
  /** The side of the square, in pixels. */
  readonly size: number;
}

/**
 * Every change of an image by itself of this package, as JSON: a closed union, so that no name from a file
 * is ever looked up.
 */
export type AugmentationRecord = CutoutRecord | FlipRecord | TranslateRecord;
