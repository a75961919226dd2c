/** What a run of deno ended with. */
export interface Run {
  /** Whether it exited with 0. */
  success: boolean;
  /** What it printed to its standard output. */
  output: string;
  /** What it printed to its standard error. */
  errors: string;
}

/** Runs the deno that runs this tool, without colours, and waits for it. */
export async function runDeno(args: string[], options: { cwd: string }): Promise<Run> {
  const command = new Deno.Command(Deno.execPath(), {
    args,
    cwd: options.cwd,
    env: { NO_COLOR: "1" },
    stdin: "null",
  });
  const { success, stdout, stderr } = await command.output();
  const [output, errors] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { success, output, errors };
}
