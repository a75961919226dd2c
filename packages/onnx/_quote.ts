const LONGEST = 80;

/** Text from a file for a message: whole, or cut off where the file made it very long. */
export function shorten(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`;
}

/** A name from a file for a message, in quotation marks. */
export function quote(name: string): string {
  return JSON.stringify(shorten(name));
}
