/**
 * Numbers from [−1/2, 1/2) times `scale`, a hash of their place, so that every peer can make the same ones,
 * in any language.
 *
 * @param length How many.
 * @param options `seed` tells one array from another, as an integer; `scale` is 1 unless given.
 * @returns A new array.
 */
export function filled(
  length: number,
  options: { readonly seed: number; readonly scale?: number },
): Float32Array<ArrayBuffer> {
  const { seed, scale = 1 } = options;
  const numbers = new Float32Array(length);
  for (let i = 0; i < length; i++) {
    let h = Math.imul(i + 1, 0x9e3779b1) ^ Math.imul(seed + 1, 0x85ebca6b);
    h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
    h = Math.imul(h ^ (h >>> 12), 0x297a2d39);
    h ^= h >>> 15;
    numbers[i] = ((h >>> 0) / 2 ** 32 - 0.5) * scale;
  }
  return numbers;
}

/** Labels 0, 1 … `classes` − 1, 0, 1 …. */
export function labels(length: number, classes: number): Int32Array<ArrayBuffer> {
  return Int32Array.from({ length }, (_, i) => i % classes);
}

/** The scale for weights that keeps the size of what flows through a layer with so many inputs and relu. */
export function weightScale(inputs: number): number {
  return 2 * Math.sqrt(6 / inputs);
}
