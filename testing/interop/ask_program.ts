/**
 * Runs a program to its end.
 *
 * @param command The program and its arguments.
 * @param input Becomes JSON on its standard input.
 * @returns What it wrote as JSON on its standard output.
 * @throws {Error} If it fails, with what it wrote on its standard error.
 */
export async function askProgram<Answer>(
  command: readonly string[],
  input: unknown,
): Promise<Answer> {
  const [program, ...args] = command;
  const child = new Deno.Command(program!, {
    args,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const written = new Blob([JSON.stringify(input)]).stream().pipeTo(child.stdin).catch(() => {
    // It has ended before it read all; its exit code tells how.
  });
  const [{ success, stdout, stderr }] = await Promise.all([child.output(), written]);
  const text = new TextDecoder();
  if (!success) {
    throw new Error(`Cannot go on as ${command.join(" ")} must succeed: ${text.decode(stderr)}`);
  }
  return JSON.parse(text.decode(stdout));
}
