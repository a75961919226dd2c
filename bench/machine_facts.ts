import { cpus, release, type } from "node:os";
import type { MachineFacts } from "./results.ts";

/** What this machine is, and whether processes can be held to some of its cores. */
export async function machineFacts(): Promise<MachineFacts> {
  const processors = cpus();
  return {
    processor: processors[0]?.model.trim() ?? "an unknown processor",
    cores: processors.length,
    system: `${type()} ${release()}`,
    deno: Deno.version.deno,
    isPinned: await succeeds("taskset", ["-c", "0", "true"]),
  };
}

/** The commit of the working tree, with `+` if files differ from it; null without git or a repository. */
export async function currentCommit(): Promise<string | null> {
  const head = await textOf("git", ["rev-parse", "--short", "HEAD"]);
  if (head === null) return null;
  const changes = await textOf("git", [
    "--no-optional-locks",
    "status",
    "--porcelain",
    "--untracked-files=no",
  ]);
  return changes === "" ? head : `${head}+`;
}

async function succeeds(program: string, args: readonly string[]): Promise<boolean> {
  return await textOf(program, args) !== null;
}

/** What a program of a known name says, without the last newline; null if it fails or is not there. */
export async function textOf(program: string, args: readonly string[]): Promise<string | null> {
  try {
    const { success, stdout } = await new Deno.Command(program, {
      args: [...args],
      cwd: new URL(".", import.meta.url).pathname,
      stdout: "piped",
      stderr: "null",
    }).output();
    return success ? new TextDecoder().decode(stdout).trimEnd() : null;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}
