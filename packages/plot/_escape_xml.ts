const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
};

/**
 * `text` as XML holds it, in content and in quoted attributes alike. What XML 1.0 cannot hold even
 * escaped (control characters, halves of surrogate pairs) becomes U+FFFD.
 */
export function escapeXml(text: string): string {
  let escaped = "";
  for (const character of text) {
    escaped += isAllowed(character.codePointAt(0)!) ? ENTITIES[character] ?? character : "\uFFFD";
  }
  return escaped;
}

function isAllowed(code: number): boolean {
  if (code < 0x20) return code === 0x09 || code === 0x0A || code === 0x0D;
  return !(code >= 0x7F && code <= 0x9F) && !(code >= 0xD800 && code <= 0xDFFF) &&
    code !== 0xFFFE && code !== 0xFFFF;
}
