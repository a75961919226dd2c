/**
 * Numbers to pictures: line charts, heat maps, confusion matrices and grids of images, as the text
 * of SVG files. Pure functions without a DOM: the same numbers give the same text.
 *
 * Every drawing can be read on light and on dark pages, without colours, and by screen readers, and
 * many of them can share one HTML page. `@gradus/plot/png` makes PNG files of them.
 *
 * @example
 * ```ts
 * import { lineChart } from "@gradus/plot";
 * import { assert } from "@std/assert";
 *
 * const svg = lineChart({
 *   title: "Training on Iris",
 *   x: { label: "epoch" },
 *   y: { label: "cross-entropy (nats)" },
 *   series: [
 *     { name: "training", y: [1.1, 0.5, 0.21, 0.12] },
 *     { name: "validation", y: [1.1, 0.6, 0.3, 0.31] },
 *   ],
 *   marks: [{ x: 3, label: "best epoch" }],
 * });
 * assert(svg.startsWith("<svg "));
 * ```
 *
 * @module
 */

export * from "./confusion_matrix.ts";
export * from "./heat_map.ts";
export * from "./image_grid.ts";
export * from "./line_chart.ts";
export type { Theme } from "./theme.ts";
