import { groupDigits, type Label, powerLabel } from "./_label.ts";

/** The smallest and the largest number. */
export interface Extent {
  min: number;
  max: number;
}

/** A value with a mark and a label on the axis. */
export interface Tick {
  value: number;
  label: Label;
}

/** A way from values to an axis. */
export interface Scale {
  /** Where `value` is: 0 at the axis's beginning, 1 at its end. */
  position(value: number): number;
  ticks: readonly Tick[];
  /** Values with a faint line and no label. */
  minor: readonly number[];
}

/** How to make a scale. */
export interface ScaleOptions {
  /** About how many ticks, and on a logarithmic scale at most. */
  count: number;
  /** Whether the axis goes on to the next tick at either end. */
  nice: boolean;
  /** Whether ticks may only be whole numbers. */
  whole?: boolean;
}

/** Below this part of its numbers' size, a difference is rounding noise. */
const NOISE = 1e-12;

/** A multiple that is outside by this part of a step is so by rounding. */
const ROUNDING = 1e-9;

/** A difference below this one is none, as its powers of ten could not be computed. */
const SMALLEST_DIFFERENCE = 1e-290;

/** The axis on which equal differences have equal lengths. */
export function linearScale(extent: Extent, { count, nice, whole = false }: ScaleOptions): Scale {
  const { min, max } = widen(extent);
  const step = niceStep((max - min) / count, whole);
  const values = multiplesOf(step, { min, max }, nice);
  const from = nice ? Math.min(min, values[0]) : min;
  const to = nice ? Math.max(max, values.at(-1)!) : max;
  const labels = linearLabels(values, step.exponent);
  return {
    position: (value) => (value - from) / (to - from),
    ticks: values.map((value, index) => ({ value, label: labels[index] })),
    minor: [],
  };
}

/** The axis on which equal ratios have equal lengths; `extent` must be positive. */
export function logarithmicScale(extent: Extent, { count, nice }: ScaleOptions): Scale {
  const ratio = extent.max / extent.min;
  const isConstant = ratio <= 1 + NOISE;
  if (!isConstant && ratio < NARROW) return narrowLogarithmicScale(extent, { count, nice });
  const { min, max } = isConstant ? { min: extent.min / 3, max: extent.max * 3 } : extent;
  const range = nice ? { min: floorPower(min), max: ceilPower(max) } : { min, max };
  const powers = logarithmicPowers(range, count);
  if (powers.length < 2) return narrowLogarithmicScale(range, { count, nice: false });
  const labels = logarithmicLabels(powers);
  const isEachDecade = powers.every(({ digit }, index) =>
    digit === 1 && powers[index].exponent - powers[0].exponent === index
  );
  return {
    position: logarithmicPosition(range),
    ticks: powers.map((power, index) => ({ value: valueOf(power), label: labels[index] })),
    minor: isEachDecade ? powersWithin(range, [2, 3, 4, 5, 6, 7, 8, 9]).map(valueOf) : [],
  };
}

/** A number with one digit: digit · 10^exponent. */
interface Power {
  digit: number;
  exponent: number;
}

/** Below this ratio of its ends, a logarithmic axis has the ticks of a linear one. */
const NARROW = 1.5;

/** Which numbers may have ticks on a logarithmic axis, from the most to the fewest. */
const LOGARITHMIC_TICKS: readonly { digits: readonly number[]; stride: number }[] = [
  { digits: [1, 2, 3, 4, 5, 6, 7, 8, 9], stride: 1 },
  { digits: [1, 2, 5], stride: 1 },
  ...[1, 2, 3, 4, 5, 10, 20, 50, 100, 200].map((stride) => ({ digits: [1], stride })),
];

/** Room around numbers that are all the same. */
function widen({ min, max }: Extent): Extent {
  const size = Math.max(Math.abs(min), Math.abs(max));
  if (max - min > Math.max(NOISE * size, SMALLEST_DIFFERENCE)) return { min, max };
  const room = size < SMALLEST_DIFFERENCE ? 1 : size / 10;
  return { min: min - room, max: max + room };
}

/** 1, 2 or 5 times a power of ten, close to `size`. */
function niceStep(size: number, whole: boolean): Power {
  if (whole && size < 1) return { digit: 1, exponent: 0 };
  const exponent = Math.floor(Math.log10(size));
  const fraction = size / 10 ** exponent;
  if (fraction > 7) return { digit: 1, exponent: exponent + 1 };
  return { digit: fraction > 3.2 ? 5 : fraction > 1.4 ? 2 : 1, exponent };
}

/** The multiples of `step` inside the extent, or just around it. */
function multiplesOf(step: Power, { min, max }: Extent, around: boolean): number[] {
  const size = valueOf(step);
  const first = around ? Math.floor(min / size + ROUNDING) : Math.ceil(min / size - ROUNDING);
  const last = around ? Math.ceil(max / size - ROUNDING) : Math.floor(max / size + ROUNDING);
  return Array.from(
    { length: last - first + 1 },
    (_, index) => valueOf({ digit: (first + index) * step.digit, exponent: step.exponent }),
  );
}

/** Divides where the exponent is negative, as 3 / 10 is 0.3 and 3 · 10^−1 is not. */
function valueOf({ digit, exponent }: Power): number {
  return exponent < 0 ? digit / 10 ** -exponent : digit * 10 ** exponent;
}

/** All labels of an axis have the same number of decimals and the same power of ten. */
function linearLabels(values: readonly number[], stepExponent: number): Label[] {
  const largest = Math.max(...values.map(Math.abs));
  const isPlain = largest === 0 || (largest >= 1e-3 && largest < 1e6);
  const exponent = isPlain ? 0 : Math.floor(Math.log10(largest));
  const decimals = Math.max(0, exponent - stepExponent);
  return values.map((value) => {
    if (value === 0) return { text: "0" };
    const mantissa = (value / 10 ** exponent).toFixed(decimals);
    return isPlain ? { text: groupDigits(mantissa) } : powerLabel(mantissa, exponent);
  });
}

function narrowLogarithmicScale(extent: Extent, options: ScaleOptions): Scale {
  const ticks = linearScale(extent, options).ticks.filter(({ value }) => value > 0);
  const values = ticks.map(({ value }) => value);
  const min = Math.min(extent.min, ...values);
  const max = Math.max(extent.max, ...values);
  return { position: logarithmicPosition({ min, max }), ticks, minor: [] };
}

function logarithmicPosition({ min, max }: Extent): (value: number) => number {
  const from = Math.log10(min);
  const length = Math.log10(max) - from;
  return (value) => (Math.log10(value) - from) / length;
}

/** The most ticks that are at most `count`. */
function logarithmicPowers(extent: Extent, count: number): Power[] {
  for (const { digits, stride } of LOGARITHMIC_TICKS) {
    const powers = powersWithin(extent, digits).filter(({ exponent }) => exponent % stride === 0);
    if (powers.length <= count) return powers;
  }
  return [];
}

function powersWithin({ min, max }: Extent, digits: readonly number[]): Power[] {
  const powers: Power[] = [];
  for (let exponent = Math.floor(Math.log10(min)); exponent <= Math.log10(max); exponent++) {
    powers.push(...digits.map((digit) => ({ digit, exponent })));
  }
  return powers.filter((power) =>
    valueOf(power) >= min * (1 - NOISE) && valueOf(power) <= max * (1 + NOISE)
  );
}

/** Plain numbers if all of them are short, and powers of ten otherwise. */
function logarithmicLabels(powers: readonly Power[]): Label[] {
  const isPlain = powers.every(({ exponent }) => exponent >= -4 && exponent <= 5);
  return powers.map((power) =>
    isPlain
      ? { text: groupDigits(valueOf(power).toFixed(Math.max(0, -power.exponent))) }
      : powerLabel(String(power.digit), power.exponent)
  );
}

/** The largest of 1, 2, 5, 10, 20, … that is at most `value`. */
function floorPower(value: number): number {
  const exponent = Math.floor(Math.log10(value));
  const digits = [5, 2, 1].map((digit) => valueOf({ digit, exponent }));
  return digits.find((power) => power <= value * (1 + NOISE)) ?? digits[2];
}

/** The smallest of 1, 2, 5, 10, 20, … that is at least `value`. */
function ceilPower(value: number): number {
  const exponent = Math.floor(Math.log10(value));
  const digits = [1, 2, 5].map((digit) => valueOf({ digit, exponent }));
  return digits.find((power) => power >= value * (1 - NOISE)) ??
    valueOf({ digit: 1, exponent: exponent + 1 });
}
