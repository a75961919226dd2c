import { lineChart } from "@gradus/plot/line-chart";
import type { CurvePoint, Progress } from "../messages.ts";
import { find } from "./find.ts";

/** Milliseconds between two drawings, at least. */
const PACE_MS = 250;
/** Pixels of a drawing's height. */
const HEIGHT = 300;

/** The curves of loss and accuracy, drawn again as training goes on. */
export class Charts {
  readonly #images = {
    loss: find("loss-chart", HTMLImageElement),
    accuracy: find("accuracy-chart", HTMLImageElement),
  };
  #training: CurvePoint[] = [];
  #validation: CurvePoint[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #drawnMs = -Infinity;

  /** Draws empty axes, and all anew when the page's width changes. */
  constructor() {
    let width = 0;
    new ResizeObserver(() => {
      if (width === this.#width) return;
      width = this.#width;
      this.#draw();
    }).observe(this.#images.loss);
  }

  /** Begins anew. */
  clear(): void {
    [this.#training, this.#validation] = [[], []];
    this.#schedule();
  }

  /** Takes the points of a report. */
  add({ training, validation }: Progress): void {
    this.#training.push(...training);
    this.#validation.push(...validation);
    if (training.length + validation.length > 0) this.#schedule();
  }

  get #width(): number {
    return Math.max(240, this.#images.loss.clientWidth);
  }

  /** Draws soon, and no more often than the eye needs. */
  #schedule(): void {
    const waitMs = Math.max(0, this.#drawnMs + PACE_MS - performance.now());
    this.#timer ??= setTimeout(() => this.#draw(), waitMs);
  }

  #draw(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#drawnMs = performance.now();
    this.#show("loss", "Loss", { label: "mean loss", of: ({ loss }) => loss });
    this.#show("accuracy", "Accuracy", {
      label: "accuracy (%)",
      of: ({ accuracy }) => 100 * accuracy,
    });
  }

  #show(
    which: "loss" | "accuracy",
    title: string,
    { label, of }: { readonly label: string; readonly of: (point: CurvePoint) => number },
  ): void {
    const lines = [
      { name: "training", points: this.#training },
      { name: "validation", points: this.#validation },
    ];
    const series = lines.map(({ name, points }) => ({
      name,
      x: points.map(({ epoch }) => epoch),
      y: points.map(of),
    }));
    const svg = lineChart({
      title,
      x: { label: "epoch" },
      y: { label },
      series,
      width: this.#width,
      height: HEIGHT,
    });
    // An image, as the policy of the page lets no styles in but those of its own file.
    const image = this.#images[which];
    const before = image.src;
    image.src = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
    if (before !== "") URL.revokeObjectURL(before);
    const last = series.filter(({ y }) => y.length > 0).map(({ name, y }) =>
      `${name} ${Number(y.at(-1)!.toPrecision(3))}`
    );
    image.alt = `${title} over epochs: ${last.length === 0 ? "no data yet" : last.join(", ")}`;
  }
}
