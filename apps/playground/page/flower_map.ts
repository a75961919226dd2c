import type { TaskFacts } from "../messages.ts";
import { create, find } from "./find.ts";

/** What petals the map has room for, in centimetres: those of all flowers, and a margin. */
const LENGTHS = { min: 0.5, max: 7.4 };
const WIDTHS = { min: 0, max: 2.6 };
/** Cells of the ground. */
const [COLUMNS, ROWS] = [60, 40];
/** What stands for each species. */
const MARKS = ["●", "■", "▲"];
/** Pixels of the canvas from a point's middle to its edge. */
const RADIUS = 7;

/**
 * A map of petals: the ground shows what the model says of each length and width, points are flowers
 * that it has not seen.
 */
export class FlowerMap {
  readonly #canvas = find("map", HTMLCanvasElement);
  readonly #context = this.#canvas.getContext("2d")!;
  #task: TaskFacts | null = null;
  #ground: Float32Array | null = null;
  /** What the model says of each point. */
  #said: readonly number[] = [];

  /** Calls `onChoose` with the length and width of petals that one points at. */
  constructor(onChoose: (petal: { length: number; width: number }) => void) {
    this.#canvas.addEventListener("pointerdown", (event) => {
      const box = this.#canvas.getBoundingClientRect();
      const [x, y] = [(event.clientX - box.x) / box.width, (event.clientY - box.y) / box.height];
      onChoose({
        length: LENGTHS.min + x * (LENGTHS.max - LENGTHS.min),
        width: WIDTHS.max - y * (WIDTHS.max - WIDTHS.min),
      });
    });
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#draw());
  }

  /** Takes the flowers of a task. */
  setTask(task: TaskFacts): void {
    this.#task = task;
    this.#ground = null;
    this.#said = [];
    find("map-legend", HTMLElement).replaceChildren(
      ...task.classes.map((name, i) => {
        const mark = create("span", { className: `class-${i}` }, MARKS[i]!);
        mark.ariaHidden = "true";
        return create("li", {}, mark, ` ${name}`);
      }),
    );
    this.#draw();
  }

  /** The inputs whose answers make the ground, row by row from the top. */
  inputs([sepalLength, sepalWidth]: Float32Array): Float32Array {
    const inputs = new Float32Array(COLUMNS * ROWS * 4);
    for (let cell = 0; cell < COLUMNS * ROWS; cell++) {
      const x = (cell % COLUMNS + 0.5) / COLUMNS;
      const y = (Math.floor(cell / COLUMNS) + 0.5) / ROWS;
      inputs.set([
        sepalLength!,
        sepalWidth!,
        LENGTHS.min + x * (LENGTHS.max - LENGTHS.min),
        WIDTHS.max - y * (WIDTHS.max - WIDTHS.min),
      ], 4 * cell);
    }
    return inputs;
  }

  /** Takes the answers to `inputs`. */
  showGround(probabilities: Float32Array): void {
    this.#ground = probabilities;
    this.#draw();
  }

  /** Takes what the model says of each flower. */
  showPoints(said: readonly number[]): void {
    this.#said = said;
  }

  #draw(): void {
    if (this.#task === null) return;
    const style = getComputedStyle(this.#canvas);
    const colour = (name: string) => style.getPropertyValue(name);
    const colours = MARKS.map((_, i) => colour(`--class-${i}`));
    this.#drawGround(colour("--surface"), colours);
    this.#drawPoints(colour("--surface"), colour("--ink"), colours);
    const right = this.#said.filter((label, i) => label === this.#task!.samples.labels[i]).length;
    this.#canvas.ariaLabel = `Map of petals with ${this.#task.samples.labels.length} flowers` +
      (this.#said.length === 0 ? "" : `, of which the model names ${right} right`);
  }

  #drawGround(surface: string, colours: readonly string[]): void {
    const context = this.#context;
    const { width, height } = this.#canvas;
    context.globalAlpha = 1;
    context.fillStyle = surface;
    context.fillRect(0, 0, width, height);
    const ground = this.#ground;
    if (ground === null) return;
    const [w, h] = [width / COLUMNS, height / ROWS];
    for (let cell = 0; cell < COLUMNS * ROWS; cell++) {
      const [x, y] = [cell % COLUMNS * w, Math.floor(cell / COLUMNS) * h];
      colours.forEach((colour, i) => {
        context.globalAlpha = 0.3 * ground[cell * colours.length + i]!;
        context.fillStyle = colour;
        context.fillRect(x, y, w, h);
      });
    }
    context.globalAlpha = 1;
  }

  #drawPoints(surface: string, ink: string, colours: readonly string[]): void {
    const context = this.#context;
    const { width, height } = this.#canvas;
    const { inputs, labels } = this.#task!.samples;
    labels.forEach((label, i) => {
      const [, , petalLength, petalWidth] = inputs.subarray(4 * i, 4 * i + 4);
      const x = (petalLength! - LENGTHS.min) / (LENGTHS.max - LENGTHS.min) * width;
      const y = (WIDTHS.max - petalWidth!) / (WIDTHS.max - WIDTHS.min) * height;
      context.beginPath();
      outline(context, label, { x, y });
      context.fillStyle = colours[label]!;
      context.strokeStyle = surface;
      context.lineWidth = 2;
      context.fill();
      context.stroke();
      if (this.#said[i] === undefined || this.#said[i] === label) return;
      context.beginPath();
      context.arc(x, y, 2 * RADIUS, 0, 2 * Math.PI);
      context.strokeStyle = ink;
      context.stroke();
    });
  }
}

/** A circle, a square or a triangle. */
function outline(
  context: CanvasRenderingContext2D,
  mark: number,
  { x, y }: { readonly x: number; readonly y: number },
): void {
  if (mark === 0) return context.arc(x, y, RADIUS, 0, 2 * Math.PI);
  if (mark === 1) return context.rect(x - RADIUS, y - RADIUS, 2 * RADIUS, 2 * RADIUS);
  context.moveTo(x, y - RADIUS * 1.2);
  context.lineTo(x + RADIUS * 1.2, y + RADIUS);
  context.lineTo(x - RADIUS * 1.2, y + RADIUS);
  context.closePath();
}
