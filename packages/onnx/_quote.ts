const LONGEST = 80;

/** A name from a file for a message, in quotation marks, cut off where the file made it very long. */
export function quote(name: string): string {
  return JSON.stringify(name.length > LONGEST ? `${name.slice(0, LONGEST)}…` : name);
}
