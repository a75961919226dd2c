/** Numbers as the scripts of this folder write them: in a text, since JSON has no NaN. */
export interface GoldenNumbers {
  /** Lengths of the axes. */
  readonly shape: readonly number[];
  /** Separated by spaces. */
  readonly values: string;
}

/** The numbers of such a text. */
export function readNumbers(text: string): number[] {
  return text.split(" ").map(Number);
}
