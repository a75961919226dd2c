/** The path of a program of the system, or `null` where it is not installed. */
export function findProgram(name: string): string | null {
  const deno = Deno.realPathSync(Deno.execPath());
  for (const folder of (Deno.env.get("PATH") ?? "").split(":")) {
    const path = `${folder}/${name}`;
    try {
      // Where there is no Node, Deno has a `node` that is itself.
      if (Deno.statSync(path).isFile && Deno.realPathSync(path) !== deno) return path;
    } catch {
      // Not there.
    }
  }
  return null;
}

/**
 * Whether tests that need a program have to be skipped.
 *
 * @returns False where it is installed, and where `REQUIRE_BROWSER` says that it should be.
 */
export function isMissing(name: string): boolean {
  return findProgram(name) === null && Deno.env.get("REQUIRE_BROWSER") !== "1";
}
