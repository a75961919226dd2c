import type { MemoryFacts } from "./memory_facts.ts";

/** No network takes so long, and a backend gives up on a silent worker before. */
const LONGEST_SILENCE_MS = 90_000;

/**
 * Runs `soak_program.ts`, and ends it if it hangs.
 *
 * @param args Its arguments.
 * @param onFacts Sees each line of facts as it comes.
 * @returns All facts.
 * @throws {Error} If the program fails, or falls silent.
 */
export async function runSoak(
  args: readonly string[],
  onFacts: (facts: MemoryFacts) => void = () => {},
): Promise<MemoryFacts[]> {
  const program = new Deno.Command(Deno.execPath(), {
    args: ["run", "--v8-flags=--expose-gc", "--allow-all", "soak_program.ts", ...args],
    cwd: import.meta.dirname,
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let isSilent = false;
  const listen = () =>
    setTimeout(() => {
      isSilent = true;
      program.kill("SIGKILL");
    }, LONGEST_SILENCE_MS);
  let timer = listen();
  const all: MemoryFacts[] = [];
  let rest = "";
  for await (const text of program.stdout.pipeThrough(new TextDecoderStream())) {
    clearTimeout(timer);
    timer = listen();
    const lines = (rest + text).split("\n");
    rest = lines.pop()!;
    for (const line of lines) {
      const facts: MemoryFacts = JSON.parse(line);
      all.push(facts);
      onFacts(facts);
    }
  }
  clearTimeout(timer);
  const { success } = await program.status;
  const last = all.at(-1)?.done ?? "nothing";
  if (isSilent) {
    throw new Error(
      `Cannot go on soaking as the program must not hang: it was silent for ${LONGEST_SILENCE_MS} ms after ${last}`,
    );
  }
  if (!success) throw new Error(`Cannot go on soaking as the program failed after ${last}`);
  return all;
}
