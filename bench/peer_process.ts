import { lines } from "./lines.ts";
import type { Reply, Request } from "./peers/serve.ts";

/** How much of what a process says on its standard error is kept for messages. */
const KEPT_CHARACTERS = 2_000;

/** A running peer. */
export class PeerProcess {
  readonly #child: Deno.ChildProcess;
  readonly #replies: AsyncGenerator<string>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #errors: Promise<void>;
  #lastWords = "";

  /**
   * Starts a program.
   *
   * @throws {Deno.errors.NotFound} If there is no such program.
   */
  constructor(command: readonly string[]) {
    const [program, ...args] = command;
    this.#child = new Deno.Command(program!, {
      args,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    this.#replies = lines(this.#child.stdout);
    this.#writer = this.#child.stdin.getWriter();
    this.#errors = this.#listen();
  }

  /**
   * Asks, and waits for the answer.
   *
   * @throws {Error} If the peer says that it cannot, ends, or is silent for too long.
   */
  async ask(
    request: Request,
    { timeoutMs }: { readonly timeoutMs: number },
  ): Promise<Exclude<Reply, { cannot: string }>> {
    try {
      await this.#writer.write(new TextEncoder().encode(`${JSON.stringify(request)}\n`));
    } catch {
      // It has ended; `answer` tells how.
    }
    return await this.answer({ timeoutMs });
  }

  /** Waits for an answer to nothing, as of a program that says something by itself. */
  async answer(
    { timeoutMs }: { readonly timeoutMs: number },
  ): Promise<Exclude<Reply, { cannot: string }>> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<null>((resolve) => {
      timer = setTimeout(() => resolve(null), timeoutMs);
    });
    const next = await Promise.race([this.#replies.next(), late]);
    clearTimeout(timer);
    if (next === null) throw new Error(`took longer than ${Math.round(timeoutMs / 1000)} s`);
    if (next.done) {
      const { code, signal } = await this.#child.status;
      await this.#errors;
      throw new Error(`ended with ${signal ?? `code ${code}`}: ${lastSentence(this.#lastWords)}`);
    }
    const reply: Reply = JSON.parse(next.value);
    if ("cannot" in reply) throw new Error(reply.cannot);
    return reply;
  }

  /** Ends the process, whatever it does. */
  async close(): Promise<void> {
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
    await this.#child.status;
    await this.#writer.close().catch(() => {});
    await this.#replies.return(null).catch(() => {});
    await this.#errors.catch(() => {});
  }

  async #listen(): Promise<void> {
    for await (const line of lines(this.#child.stderr)) {
      this.#lastWords = `${this.#lastWords}${line}\n`.slice(-KEPT_CHARACTERS);
    }
  }
}

/** The line that tells an error, or else the last one, without colours. */
function lastSentence(text: string): string {
  // deno-lint-ignore no-control-regex
  const sentences = text.replaceAll(/\x1b\[[\d;]*m/g, "").split("\n").filter((line) => line.trim());
  const error = sentences.findLast((line) => /error/i.test(line)) ?? sentences.at(-1);
  return error?.trim() ?? "it said nothing";
}
