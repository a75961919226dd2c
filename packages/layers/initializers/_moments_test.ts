/** Mean of values and of their squared distances from it. */
export function moments(values: ArrayLike<number>): { mean: number; variance: number } {
  const numbers = Array.from(values);
  const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  const variance = numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0) / numbers.length;
  return { mean, variance };
}
