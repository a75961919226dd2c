/** What was found, for the end of a message: on one line, and no longer than a line. */
export function quoteText(text: string): string {
  if (text === "") return "none";
  const cut = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  return /^\s|\s$|\p{Cc}/u.test(cut) ? JSON.stringify(cut) : cut;
}
