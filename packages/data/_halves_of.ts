/** The low 32 bits of a seed from 0 to 2^53 − 1, and the bits above them. */
export function halvesOf(seed: number): [low: number, high: number] {
  return [seed % 2 ** 32, Math.floor(seed / 2 ** 32)];
}
