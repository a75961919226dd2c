import type { Share } from "./share.ts";

/** Settings that make a sweep: some of them lists of values to try, each with every seed. */
export interface SweepSettings {
  /** The first seed. */
  readonly seed: number;
  /** How many seeds each combination is trained with. */
  readonly seeds: number;
  /** Which trials to run; null for all. */
  readonly trial: Share | null;
}

/** The settings of one trial of a sweep: one value where the sweep has a list of them, and one seed. */
export type TrialSettings<Settings extends SweepSettings, Axis extends keyof Settings> = {
  readonly [
    Name in keyof Omit<Settings, "seeds" | "trial">
  ]: Name extends Axis ? TrialValue<Settings[Name]> : Settings[Name];
};

/** One of the values of a list; null where there is no list. */
export type TrialValue<List> = List extends readonly (infer Value)[] ? Value : null;

/**
 * The trials of a sweep: every combination of the values to try, with every seed.
 *
 * @param settings The sweep's; a list to try, or null where the program decides the only value.
 * @param axes Names of the lists; the first varies slowest, the seed fastest.
 * @returns The settings of each trial, in an order that depends on the arguments alone.
 *
 * @example
 * ```ts
 * import { trialGrid } from "@gradus/cli";
 * import { assertEquals } from "@std/assert";
 *
 * const settings = { rate: [0.1, 0.3], epochs: 8, seed: 5, seeds: 2, trial: null };
 * assertEquals(trialGrid(settings, ["rate"]), [
 *   { rate: 0.1, epochs: 8, seed: 5 },
 *   { rate: 0.1, epochs: 8, seed: 6 },
 *   { rate: 0.3, epochs: 8, seed: 5 },
 *   { rate: 0.3, epochs: 8, seed: 6 },
 * ]);
 * ```
 */
export function trialGrid<Settings extends SweepSettings, const Axis extends keyof Settings>(
  settings: Settings,
  axes: readonly Axis[],
): TrialSettings<Settings, Axis>[] {
  const { seeds, trial: _, ...rest } = settings;
  let trials: Record<PropertyKey, unknown>[] = [rest];
  for (const axis of axes) {
    const values = (settings[axis] ?? [null]) as readonly unknown[];
    trials = trials.flatMap((trial) => values.map((value) => ({ ...trial, [axis]: value })));
  }
  return trials.flatMap((trial) =>
    Array.from({ length: seeds }, (_, place) => ({ ...trial, seed: settings.seed + place }))
  ) as unknown as TrialSettings<Settings, Axis>[];
}

/**
 * What tells a trial from the others of its sweep, for messages.
 *
 * @param values What the sweep varies, and the seed, by name; what is null is left out.
 * @returns A text such as `learning-rate 0.1, seed 3`.
 *
 * @example
 * ```ts
 * import { trialName } from "@gradus/cli";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(trialName({ "learning-rate": 0.1, seed: 3 }), "learning-rate 0.1, seed 3");
 * ```
 */
export function trialName(values: Readonly<Record<string, unknown>>): string {
  return Object.entries(values)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");
}
