import type { PoolGeometry } from "@gradus/tensor";
import { placeWindows } from "./_place_windows.ts";
import { type Pair, readPadding, readSize } from "./_window_settings.ts";
import type { Padding2d } from "./padding2d.ts";
import type { Size2d } from "./size2d.ts";

/** How a window moves over images. */
export interface PoolSettings {
  readonly window: Pair;
  readonly stride: Pair;
  readonly padding: Padding2d;
}

/** Checked settings of a pooling layer; the stride is the window unless given. */
export function readPoolSettings(
  window: Size2d,
  options: { readonly stride?: Size2d; readonly padding?: Padding2d; readonly layer: string },
): PoolSettings {
  const { layer, stride = window, padding = "valid" } = options;
  const settings = {
    window: readSize(window, { layer, setting: "window" }),
    stride: readSize(stride, { layer, setting: "stride" }),
    padding: readPadding(padding, { layer }),
  };
  // A window over padding alone would have no number to pool.
  if (typeof padding === "number" && padding >= Math.min(...settings.window)) {
    throw new RangeError(
      `Cannot make ${layer} as padding must be less than the window: found ${padding} and ${
        JSON.stringify(window)
      }`,
    );
  }
  return settings;
}

/** How many windows there are on an image, and where they stand. */
export function placePool(
  inputSize: Pair,
  options: PoolSettings & { readonly layer: string },
): { readonly outputSize: Pair; readonly geometry: PoolGeometry } {
  const { window, stride } = options;
  const { outputSize, padding } = placeWindows(inputSize, {
    ...options,
    span: window,
    window: "window",
  });
  return { outputSize, geometry: { window, stride, padding } };
}
