import { find } from "./find.ts";
import { type ImageShape, shrink, toRgba } from "./pixels.ts";

/** Pixels of the pad for one of the model's. */
const SCALE = 10;
/** The pen's width, in pixels of the pad. */
const PEN = 2.4 * SCALE;

/** A place on the pad, in its pixels. */
interface Place {
  readonly x: number;
  readonly y: number;
}

/** Where each key moves the pen. */
const MOVES: Readonly<Record<string, Place>> = {
  ArrowLeft: { x: -1, y: 0 },
  ArrowRight: { x: 1, y: 0 },
  ArrowUp: { x: 0, y: -1 },
  ArrowDown: { x: 0, y: 1 },
};

/** Where one draws, with a pointer or with keys. */
export class DrawingPad {
  readonly #canvas = find("pad", HTMLCanvasElement);
  readonly #context = this.#canvas.getContext("2d", { willReadFrequently: true })!;
  readonly #ink = find("ink", HTMLInputElement);
  readonly #ground = find("ground", HTMLInputElement);
  readonly #fill = find("fill", HTMLInputElement);
  readonly #onChange: () => void;
  #shape: ImageShape = [32, 32, 3];
  /** The points of the line that is being drawn; null while the pen is up. */
  #line: Place[] | null = null;
  /** What was there before the line, since filling it draws it anew. */
  #before: ImageData | null = null;
  /** Where the keys draw; its mark is shown while they do. */
  #pen: Place = { x: 0, y: 0 };
  readonly #mark = find("pen", HTMLElement);

  /** Calls `onChange` whenever something is drawn. */
  constructor(onChange: () => void) {
    this.#onChange = onChange;
    const canvas = this.#canvas;
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      this.#mark.hidden = true;
      this.#putDown(this.#placeOf(event));
    });
    canvas.addEventListener("pointermove", (event) => {
      if (this.#line === null || !this.#mark.hidden) return;
      for (const each of event.getCoalescedEvents?.() ?? [event]) {
        this.#line.push(this.#placeOf(each));
      }
      this.#drawLine();
    });
    for (const type of ["pointerup", "pointercancel"] as const) {
      canvas.addEventListener(type, () => this.#lift());
    }
    canvas.addEventListener("keydown", (event) => this.#onKey(event));
    canvas.addEventListener("blur", () => {
      this.#lift();
      this.#mark.hidden = true;
    });
    this.#ground.addEventListener("input", () => this.clear());
    find("clear", HTMLButtonElement).addEventListener("click", () => this.clear());
    this.clear();
  }

  /** Takes the size of a model's images. */
  resize(shape: ImageShape): void {
    if (`${shape}` === `${this.#shape}` && this.#canvas.width === shape[1] * SCALE) return;
    this.#shape = shape;
    this.#canvas.width = shape[1] * SCALE;
    this.#canvas.height = shape[0] * SCALE;
    const isGrey = shape[2] === 1;
    find("ink-field", HTMLElement).hidden = isGrey;
    find("ground-field", HTMLElement).hidden = isGrey;
    this.clear();
  }

  /** Empties the pad. */
  clear(): void {
    this.#line = null;
    this.#movePen({ x: this.#canvas.width / 2, y: this.#canvas.height / 2 });
    this.#context.fillStyle = this.#shape[2] === 1 ? "#000" : this.#ground.value;
    this.#context.fillRect(0, 0, this.#canvas.width, this.#canvas.height);
    this.#onChange();
  }

  /** Shows an image of the model's. */
  show(image: Float32Array): void {
    const [height, width] = this.#shape;
    const pixels = toRgba(image, this.#shape);
    const small = new OffscreenCanvas(width, height);
    small.getContext("2d")!.putImageData(pixels, 0, 0);
    this.#line = null;
    this.#context.imageSmoothingEnabled = false;
    this.#context.drawImage(small, 0, 0, this.#canvas.width, this.#canvas.height);
    this.#onChange();
  }

  /** What is drawn, as the model sees it. */
  read(): Float32Array {
    const { width, height } = this.#canvas;
    return shrink(this.#context.getImageData(0, 0, width, height).data, this.#shape, SCALE);
  }

  #placeOf({ clientX, clientY }: PointerEvent): Place {
    const { left, top, width, height } = this.#canvas.getBoundingClientRect();
    return {
      x: (clientX - left) * this.#canvas.width / width,
      y: (clientY - top) * this.#canvas.height / height,
    };
  }

  #putDown(place: Place): void {
    const { width, height } = this.#canvas;
    this.#before = this.#context.getImageData(0, 0, width, height);
    this.#line = [place];
    this.#drawLine();
  }

  #lift(): void {
    this.#line = null;
  }

  #movePen({ x, y }: Place): void {
    const { width, height } = this.#canvas;
    this.#pen = { x: Math.min(Math.max(x, 0), width), y: Math.min(Math.max(y, 0), height) };
    this.#mark.style.left = `${100 * this.#pen.x / width}%`;
    this.#mark.style.top = `${100 * this.#pen.y / height}%`;
  }

  #drawLine(): void {
    const line = this.#line!;
    const context = this.#context;
    context.putImageData(this.#before!, 0, 0);
    context.strokeStyle = context.fillStyle = this.#shape[2] === 1 ? "#fff" : this.#ink.value;
    context.lineWidth = PEN;
    context.lineCap = context.lineJoin = "round";
    context.beginPath();
    // A line to where it begins is a dot.
    for (const { x, y } of [line[0]!, ...line]) context.lineTo(x, y);
    context.stroke();
    if (this.#fill.checked) context.fill();
    this.#onChange();
  }

  #onKey(event: KeyboardEvent): void {
    const move = MOVES[event.key];
    if (move !== undefined) {
      const step = SCALE * (event.shiftKey ? 4 : 1);
      this.#movePen({ x: this.#pen.x + move.x * step, y: this.#pen.y + move.y * step });
      if (this.#line !== null) {
        this.#line.push(this.#pen);
        this.#drawLine();
      }
    } else if (event.key === " ") {
      if (this.#line === null) this.#putDown(this.#pen);
      else this.#lift();
    } else if (event.key === "Delete" || event.key === "Backspace") {
      this.clear();
    } else {
      return;
    }
    this.#mark.hidden = false;
    event.preventDefault();
  }
}
