import { create, find } from "./find.ts";

/** What a model says of an input: its classes with their probabilities, a bar each. */
export class AnswerList {
  readonly #list = find("answer", HTMLOListElement);
  readonly #hint = find("answer-hint", HTMLElement);
  #rows: { bar: HTMLElement; text: HTMLElement }[] = [];

  /** Takes the classes' names. */
  setClasses(classes: readonly string[]): void {
    this.#rows = classes.map(() => ({
      bar: create("span", { className: "bar" }),
      text: create("span", { className: "share" }),
    }));
    this.#list.replaceChildren(
      ...this.#rows.map(({ bar, text }, i) =>
        create("li", {}, create("span", {}, classes[i]!), bar, text)
      ),
    );
    this.clear();
  }

  /** Shows that there is no answer. */
  clear(): void {
    this.#hint.hidden = false;
    this.#list.hidden = true;
  }

  /** Shows the probability of each class. */
  show(probabilities: Float32Array): void {
    if (probabilities.length !== this.#rows.length) return;
    this.#hint.hidden = true;
    this.#list.hidden = false;
    this.#rows.forEach(({ bar, text }, i) => {
      const percent = 100 * probabilities[i]!;
      bar.style.width = `${percent}%`;
      text.textContent = `${percent.toFixed(0)} %`;
    });
  }
}
