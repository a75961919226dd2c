/** The median of a sample, and the quartiles around it. */
export interface Spread {
  readonly median: number;
  /** A quarter of the sample is smaller. */
  readonly low: number;
  /** A quarter of the sample is larger. */
  readonly high: number;
}

/** The number below which a share of a sample lies, between neighbours by a straight line. */
export function quantile(sample: readonly number[], share: number): number {
  if (sample.length === 0) {
    throw new RangeError("Cannot take a quantile as there must be a number: found none");
  }
  const sorted = sample.toSorted((a, b) => a - b);
  const place = share * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
  return below + (above - below) * (place - Math.floor(place));
}

/** Median and quartiles, to five digits: there are no more in a measurement. */
export function spreadOf(sample: readonly number[]): Spread {
  const [median, low, high] = [0.5, 0.25, 0.75].map((share) => fiveDigits(quantile(sample, share)));
  return { median: median!, low: low!, high: high! };
}

/** A number as it is kept in files. */
export function fiveDigits(value: number): number {
  return Number(value.toPrecision(5));
}

/** How often each number of `sample` holds the one beside it in `by`, as far as both go. */
export function ratiosOf(sample: readonly number[], by: readonly number[]): number[] {
  return sample.slice(0, by.length).map((value, place) => value / by[place]!);
}
