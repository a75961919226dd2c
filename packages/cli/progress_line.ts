/** Where a {@linkcode ProgressLine} writes. */
export interface ProgressOptions {
  /** Takes text for the terminal; standard error leaves standard output to results. */
  readonly write: (text: string) => void;
  /** Whether the text goes to a terminal; without one nothing is written. */
  readonly isTerminal: boolean;
  /** How many characters a line has. Default: 80. */
  readonly width?: number;
  /** Least time between two lines. Default: 80 ms. */
  readonly intervalMs?: number;
}

/**
 * One line that tells how far a program is, written over and over.
 *
 * @example
 * ```ts
 * import { ProgressLine } from "@gradus/cli";
 * import { assertStringIncludes } from "@std/assert";
 *
 * let written = "";
 * const write = (text: string) => written += text;
 * const progress = new ProgressLine({ write, isTerminal: true });
 * progress.show(0.5, "epoch 10 of 20");
 * assertStringIncludes(written, " 50 %  epoch 10 of 20");
 * progress.clear();
 * ```
 */
export class ProgressLine {
  readonly #options: ProgressOptions;
  #shownAt = -Infinity;
  #isShown = false;

  /**
   * A line, not yet shown.
   *
   * @param options Where it goes.
   */
  constructor(options: ProgressOptions) {
    this.#options = options;
  }

  /**
   * Shows a bar with a text behind it, unless the last one is too recent. The bar has 20 cells, or 10
   * where a long text needs the place.
   *
   * @param share How much is done, in `[0, 1]`.
   * @param text What stands behind the bar; cut at the line's end.
   */
  show(share: number, text: string): void {
    const { write, isTerminal, width = 80, intervalMs = 80 } = this.#options;
    const now = performance.now();
    if (!isTerminal || (now - this.#shownAt < intervalMs && share < 1)) return;
    this.#shownAt = now;
    this.#isShown = true;
    const done = Math.min(1, Math.max(0, share));
    const percent = ` ${`${Math.floor(100 * done)}`.padStart(3)} %  `;
    const cells = 20 + percent.length + text.length < width ? 20 : 10;
    const full = Math.round(cells * done);
    const bar = `${"━".repeat(full)}${"─".repeat(cells - full)}`;
    write(`\r${`${bar}${percent}${text}`.slice(0, width - 1)}\x1b[K`);
  }

  /** Takes the line away, so that what is printed next starts clean. */
  clear(): void {
    if (this.#isShown) this.#options.write("\r\x1b[K");
    this.#isShown = false;
  }
}
