/** Longer reasons are cut. */
const LONGEST = 200;

/** Why something failed, in one short line that names files without the folders of this machine. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const [line] = message.split("\n").filter((line) => line.trim() !== "");
  const sentence = (line ?? "no reason given").trim().replaceAll(
    /(?:file:\/\/)?(?:\/[^\s/'"():]+)+\/(?=[^\s/'"():])/g,
    "",
  );
  return sentence.length > LONGEST ? `${sentence.slice(0, LONGEST - 1)}…` : sentence;
}
