const repository = new URL("../", import.meta.url);
const { tasks } = JSON.parse(await Deno.readTextFile(new URL("deno.json", repository)));

/** What a program wrote and how it ended. */
export interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A task of the repository, with its permissions and no others, from any folder. */
export class AppTask {
  /** What it may do. */
  readonly permissions: readonly string[];
  readonly #options: readonly string[];
  readonly #script: string;

  constructor(name: string) {
    const [program, command, ...words]: string[] = tasks[name].command.split(" ");
    if (program !== "deno" || command !== "run") throw new Error(`Cannot start ${program}`);
    const fromRoot = (path: string) => new URL(path, repository).pathname;
    this.#script = fromRoot(words.pop()!);
    this.#options = words.map((word) => word.replace(/(?<=^--lock=).*/, fromRoot));
    this.permissions = words.filter((word) => word.startsWith("--allow"));
  }

  /** Starts it in a folder. */
  start(folder: string, args: readonly string[]): Deno.ChildProcess {
    return new Deno.Command(Deno.execPath(), {
      args: ["run", ...this.#options, this.#script, ...args],
      cwd: folder,
      // Where it is not set, Mesa says so on the standard error stream.
      env: { XDG_RUNTIME_DIR: folder },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  }

  /** Runs it in a folder to its end. */
  async run(folder: string, ...args: string[]): Promise<Outcome> {
    const { code, stdout, stderr } = await this.start(folder, args).output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return { code, stdout: text(stdout), stderr: text(stderr) };
  }
}
