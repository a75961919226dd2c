/** What a command prints, and its exit code. */
export async function printed(
  run: () => Promise<number>,
): Promise<{ readonly code: number; readonly text: string }> {
  const lines: unknown[] = [];
  const { log } = console;
  console.log = (line: unknown) => void lines.push(line);
  try {
    return { code: await run(), text: lines.join("\n") };
  } finally {
    console.log = log;
  }
}
