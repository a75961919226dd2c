/** Asks the worker again and again, and never before it has answered the last time. */
export class LiveQuestion {
  readonly #ask: () => void;
  #isAsked = false;
  #isChanged = false;

  /** `ask` sends what the question is about now. */
  constructor(ask: () => void) {
    this.#ask = ask;
  }

  /** Asks, now or when the last answer is there. */
  ask(): void {
    this.#isChanged = this.#isAsked;
    if (this.#isAsked) return;
    this.#isAsked = true;
    this.#ask();
  }

  /** Takes note of an answer. */
  answered(): void {
    this.#isAsked = false;
    if (this.#isChanged) this.ask();
  }
}
