import { flowers, irisClasses, irisFeatures } from "./_iris_flowers.ts";
import type { Dataset } from "./dataset.ts";

/** Flowers, their measures in centimetres and their species. */
export interface Iris extends Dataset {
  /** The four columns of `x`: the length and width of sepals and petals, with their unit. */
  readonly features: readonly string[];
  /** The three species, in the order of the labels in `y`. */
  readonly classes: readonly string[];
}

/**
 * The 150 iris flowers of R. A. Fisher, 50 of each of three species, sorted by species.
 *
 * These are the numbers that Fisher printed, as in R and, since release 0.20, in scikit-learn. The
 * copy in the UCI repository differs in two flowers: it has the 35th as 4.9, 3.1, 1.5, 0.1 and the
 * 38th as 4.9, 3.1, 1.5, 0.1, in place of 4.9, 3.1, 1.5, 0.2 and 4.9, 3.6, 1.4, 0.1.
 *
 * Source: R. A. Fisher, "The use of multiple measurements in taxonomic problems", Annals of
 * Eugenics 7 (1936), table I.
 *
 * @returns The flowers, `x` `[150, 4]` in centimetres and `y` `[150]`; each call makes a new copy.
 *
 * @example
 * ```ts
 * import { iris } from "@gradus/data/iris";
 * import { assertEquals } from "@std/assert";
 *
 * const { x, y, features, classes } = iris();
 * assertEquals(x.data.slice(0, 4), new Float32Array([5.1, 3.5, 1.4, 0.2]));
 * assertEquals(features[0], "sepal length (cm)");
 * assertEquals(classes[y.data[0]], "setosa");
 * ```
 */
export function iris(): Iris {
  const rows = irisClasses.flatMap((name) => flowers[name]);
  const labels = irisClasses.flatMap((name, label) => flowers[name].map(() => label));
  return {
    x: { data: new Float32Array(rows.flat()), shape: [rows.length, irisFeatures.length] },
    y: { data: new Int32Array(labels), shape: [rows.length] },
    features: irisFeatures,
    classes: irisClasses,
  };
}
