const LONGEST = 80;
const MOST = 12;

/** Text from a file for a message: whole, or cut off where the file made it very long. */
export function shorten(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST)}…`;
}

/** A name from a file for a message, in quotation marks. */
export function quote(name: string): string {
  return JSON.stringify(shorten(name));
}

/** A list from a file for a message: the first few, and how many more there are. */
export function few(items: readonly (number | string)[]): string {
  const more = items.length > MOST ? ` and ${items.length - MOST} more` : "";
  return `${items.slice(0, MOST).join(", ")}${more}`;
}
