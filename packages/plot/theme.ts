/**
 * For what page a drawing is made.
 *
 * - `"auto"`: a light drawing that turns dark by itself where the reader prefers dark pages. For
 *   HTML pages and README files.
 * - `"light"`, `"dark"`: that one, with every colour written out. For slides and for rasterisers,
 *   such as `@gradus/plot/png`, that know no media queries.
 *
 * All three paint their own background, so that they can be read on a page of any colour.
 *
 * @example A dark drawing
 * ```ts
 * import type { Theme } from "@gradus/plot/theme";
 * import { lineChart } from "@gradus/plot";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const theme: Theme = "dark";
 * const svg = lineChart({
 *   title: "Loss",
 *   x: { label: "epoch" },
 *   y: { label: "loss" },
 *   series: [{ name: "train", y: [2, 1] }],
 *   theme,
 * });
 * assertStringIncludes(svg, 'fill="#15181d"');
 * ```
 *
 * @module
 */

/** `"auto"` follows the reader's preference, `"light"` and `"dark"` are fixed. */
export type Theme = "auto" | "light" | "dark";
