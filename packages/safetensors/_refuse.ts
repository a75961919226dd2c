const LONGEST = 80;

/** What was found wrong with a file, where, and in what. */
export interface Finding {
  /** What must hold. */
  readonly requirement: string;
  /** What was found instead. */
  readonly found: string;
  /** The byte of the file where it was found. */
  readonly byte: number;
}

/** Throws the error of a file that breaks the format. */
export function refuse(subject: string, { requirement, found, byte }: Finding): never {
  throw new SyntaxError(
    `Cannot decode ${subject} as ${requirement}: found ${found} at byte ${byte}`,
  );
}

/** `text` from a file for a message: whole, or cut off where the file made it very long. */
export function shorten(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`;
}

/** A name from a file for a message, in quotation marks. */
export function quote(name: string): string {
  return JSON.stringify(shorten(name));
}

/** Integers from a file for a message, in brackets. */
export function bracket(integers: readonly number[]): string {
  return `[${shorten(integers.slice(0, LONGEST).join(", "))}]`;
}
