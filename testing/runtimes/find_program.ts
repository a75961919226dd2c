/** The path of a program of the system, or `null` where it is not installed. */
export function findProgram(name: string): string | null {
  for (const folder of (Deno.env.get("PATH") ?? "").split(":")) {
    const path = `${folder}/${name}`;
    try {
      if (Deno.statSync(path).isFile) return path;
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
