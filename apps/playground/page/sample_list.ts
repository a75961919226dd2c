import type { TaskFacts } from "../messages.ts";
import { create, find } from "./find.ts";
import { type ImageShape, toRgba } from "./pixels.ts";

/** Images that training does not see, each with what it shows and what the model says that it shows. */
export class SampleList {
  readonly #list = find("samples", HTMLUListElement);
  #task: TaskFacts | null = null;
  #said: HTMLElement[] = [];

  /** Takes the images of a task. */
  setTask(task: TaskFacts): void {
    this.#task = task;
    const { classes, samples: { labels } } = task;
    this.#said = Array.from(labels, () => create("span", { className: "said" }));
    this.#list.replaceChildren(
      ...this.#said.map((said, i) =>
        create(
          "li",
          {},
          this.#picture(i),
          create("span", { className: "truth" }, classes[labels[i]!]!),
          said,
        )
      ),
    );
  }

  /** Takes what the model says of each image. */
  show(said: readonly number[]): void {
    const { classes, samples: { labels } } = this.#task!;
    this.#said.forEach((element, i) => {
      const isRight = said[i] === labels[i];
      element.className = isRight ? "said right" : "said wrong";
      element.textContent = `${isRight ? "✓" : "✗"} ${classes[said[i]!]}`;
    });
  }

  #picture(row: number): HTMLCanvasElement {
    const { inputShape, samples: { inputs } } = this.#task!;
    const [height, width, channels] = inputShape as unknown as ImageShape;
    const size = height * width * channels;
    const canvas = create("canvas");
    [canvas.width, canvas.height] = [width, height];
    const pixels = toRgba(inputs.subarray(row * size, (row + 1) * size), [height, width, channels]);
    canvas.getContext("2d")!.putImageData(pixels, 0, 0);
    return canvas;
  }
}
