/** Text from a file for a terminal: on one line, without what would move the cursor, and no longer than this. */
export function plain(text: string, longest = 60): string {
  const cut = text.length > longest ? `${text.slice(0, longest)}…` : text;
  return /[\p{Cc}\p{Cf}\u2028\u2029]/u.test(cut)
    ? JSON.stringify(cut).replace(/[\p{Cf}\x7f-\x9f]/gu, escape)
    : cut;
}

function escape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** Bytes as people read them; NaN where nobody knows. */
export function sizeText(bytes: number): string {
  if (Number.isNaN(bytes)) return "–";
  if (bytes < 1000) return `${bytes} bytes`;
  return bytes < 1e6 ? `${(bytes / 1e3).toFixed(1)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
