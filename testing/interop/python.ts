/** Debian's Python, which has Debian's packages. */
export const python = "/usr/bin/python3";

/**
 * Whether tests that need modules of Python have to be skipped.
 *
 * @returns False where all are installed, and where `REQUIRE_PYTHON` says that they should be.
 */
export async function lacksPython(...modules: readonly string[]): Promise<boolean> {
  if (Deno.env.get("REQUIRE_PYTHON") === "1") return false;
  const args = ["-c", `import ${modules.join(", ")}`];
  try {
    return !(await new Deno.Command(python, { args, stderr: "null" }).output()).success;
  } catch {
    return true;
  }
}
