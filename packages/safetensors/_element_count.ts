/**
 * How many numbers an array of this shape has, or null where a length is no integer of at least 0,
 * or the product of lengths, also of the first few, exceeds 2^53 − 1.
 */
export function elementCount(shape: readonly number[]): number | null {
  let count = 1;
  for (const length of shape) {
    count *= length;
    if (!Number.isSafeInteger(length) || length < 0 || !Number.isSafeInteger(count)) return null;
  }
  return count;
}
