import { lineChart } from "@gradus/plot/line-chart";
import type { EpochEntry } from "./epoch_entry.ts";
import type { Means } from "./means.ts";

/** What stands above a chart of epochs, and how it is coloured. */
export interface ChartOptions {
  /** Above the chart. */
  readonly title: string;
  /** Default: `auto`, which follows the page. */
  readonly theme?: "auto" | "light" | "dark";
}

/**
 * The loss of training and validation over the epochs, as SVG.
 *
 * @param epochs At least one epoch.
 * @param options What stands above, and a theme for the PNG's sake.
 * @returns SVG text.
 *
 * @example
 * ```ts
 * import { lossChart } from "@gradus/train";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const training = { loss: 0.5, accuracy: null, rows: 105 };
 * const epochs = [{ epoch: 0, training, learningRate: 0.1, durationMs: 3 }];
 * assertStringIncludes(lossChart(epochs, { title: "iris" }), "mean loss");
 * ```
 */
export function lossChart(epochs: readonly EpochEntry[], options: ChartOptions): string {
  return curves(epochs, { label: "mean loss", of: (means) => means.loss, ...options });
}

/**
 * The accuracy of training and validation over the epochs, as SVG.
 *
 * @param epochs At least one epoch.
 * @param options What stands above, and a theme for the PNG's sake.
 * @returns SVG text; null if there is no accuracy, as in regression.
 *
 * @example
 * ```ts
 * import { accuracyChart } from "@gradus/train";
 * import { assertEquals } from "@std/assert";
 *
 * const training = { loss: 0.5, accuracy: null, rows: 105 };
 * const epochs = [{ epoch: 0, training, learningRate: 0.1, durationMs: 3 }];
 * assertEquals(accuracyChart(epochs, { title: "iris" }), null);
 * ```
 */
export function accuracyChart(epochs: readonly EpochEntry[], options: ChartOptions): string | null {
  const of = ({ accuracy }: Means) => accuracy === null ? null : 100 * accuracy;
  const isKnown = epochs.some(({ training, validation }) =>
    training.accuracy !== null || (validation?.accuracy ?? null) !== null
  );
  return isKnown ? curves(epochs, { label: "accuracy (%)", of, ...options }) : null;
}

function curves(
  epochs: readonly EpochEntry[],
  options: ChartOptions & {
    readonly label: string;
    readonly of: (means: Means) => number | null;
  },
): string {
  const { title, theme = "auto", label, of } = options;
  const series = (["training", "validation"] as const).map((name) => {
    const known = epochs.flatMap((entry) => {
      const means = entry[name];
      const y = means === undefined ? null : of(means);
      return y === null ? [] : [{ x: entry.epoch + 1, y }];
    });
    return { name, x: known.map(({ x }) => x), y: known.map(({ y }) => y) };
  }).filter(({ y }) => y.length > 0);
  return lineChart({ title, x: { label: "epoch" }, y: { label }, series, theme });
}
