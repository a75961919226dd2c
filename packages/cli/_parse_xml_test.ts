import { type Document, DOMParser } from "@xmldom/xmldom";

/** A text as XML; throws where it is not well-formed. */
export function parseXml(text: string): Document {
  const onError = (level: string, message: string) => {
    if (level !== "warning") throw new SyntaxError(message);
  };
  return new DOMParser({ onError }).parseFromString(text, "text/xml");
}
