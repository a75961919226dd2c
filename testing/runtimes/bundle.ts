/**
 * Bundles a program into one module, as `deno bundle` does, which fetches its bundler
 * the first time.
 *
 * @param entry Its path from this folder.
 * @param platform Where it shall run.
 * @param options More flags of `deno bundle`.
 * @returns The source.
 */
export async function bundle(
  entry: string,
  platform: "browser" | "deno",
  options: readonly string[] = [],
): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--platform", platform, ...options, entry],
    cwd: import.meta.dirname,
    env: { NO_COLOR: "1" },
  }).output();
  if (!success) throw new Error(`Cannot bundle ${entry}: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}
