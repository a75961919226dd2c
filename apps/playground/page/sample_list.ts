import type { Answers, TaskFacts } from "../messages.ts";
import { create, find } from "./find.ts";
import { type ImageShape, toRgba } from "./pixels.ts";

/** Rows that training does not see, each with what it is and what the model says that it is. */
export class SampleList {
  readonly #list = find("samples", HTMLUListElement);
  readonly #text = find("samples-text", HTMLElement);
  #task: TaskFacts | null = null;
  #said: HTMLElement[] = [];
  #next = 0;

  /** Takes the rows of a task. */
  setTask(task: TaskFacts): void {
    this.#task = task;
    this.#next = 0;
    this.#said = [];
    const { classes, samples: { labels } } = task;
    this.#list.replaceChildren(...Array.from(labels, (label, i) => {
      const said = create("span");
      this.#said.push(said);
      const truth = create("span", { className: "truth" }, classes[label]!);
      return create("li", {}, ...this.#picture(i), truth, create("br"), said);
    }));
    this.#text.textContent = "What each is, and below it what the model says.";
  }

  /** The next row, one after another; null where there is none. */
  take(): Float32Array | null {
    if (this.#task === null) return null;
    return this.#input(this.#next++ % this.#task.samples.labels.length);
  }

  /** Shows what the model says. */
  show({ probabilities }: Answers): void {
    if (this.#task === null) return;
    const { classes, samples: { labels } } = this.#task;
    let right = 0;
    this.#said.forEach((said, i) => {
      const row = probabilities.subarray(i * classes.length, (i + 1) * classes.length);
      const best = row.indexOf(Math.max(...row));
      const isRight = best === labels[i];
      if (isRight) right++;
      said.className = isRight ? "right" : "wrong";
      said.textContent = `${isRight ? "✓" : "✗"} ${classes[best] ?? "nothing"}`;
    });
    this.#text.textContent =
      `What each is, and below it what the model says: ${right} of ${labels.length} are right.`;
  }

  #input(row: number): Float32Array {
    const { inputShape, samples: { inputs } } = this.#task!;
    const size = inputShape.reduce((product, length) => product * length, 1);
    return inputs.subarray(row * size, (row + 1) * size);
  }

  #picture(row: number): (Node | string)[] {
    const { inputShape } = this.#task!;
    const input = this.#input(row);
    if (inputShape.length !== 3) {
      const [a, b, c, d] = Array.from(input, (value) => value.toFixed(1));
      return [`${a} × ${b}`, create("br"), `${c} × ${d} cm`, create("br")];
    }
    const canvas = create("canvas");
    const pixels = toRgba(input, inputShape as unknown as ImageShape);
    [canvas.width, canvas.height] = [pixels.width, pixels.height];
    canvas.getContext("2d")!.putImageData(pixels, 0, 0);
    return [canvas];
  }
}
