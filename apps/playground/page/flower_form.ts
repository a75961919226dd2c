import { create, find } from "./find.ts";

/** The four measures, with the ends of their ranges and where they begin, in centimetres. */
const MEASURES = [
  { name: "Sepal length", min: 4.3, max: 7.9, value: 5.8 },
  { name: "Sepal width", min: 2, max: 4.4, value: 3 },
  { name: "Petal length", min: 1, max: 6.9, value: 4.3 },
  { name: "Petal width", min: 0.1, max: 2.5, value: 1.3 },
] as const;

/** The measures of a flower, each a slider. */
export class FlowerForm {
  readonly #inputs: readonly HTMLInputElement[];
  readonly #outputs: readonly HTMLOutputElement[];

  readonly #onChange: () => void;

  /** Calls `onChange` whenever a measure changes. */
  constructor(onChange: () => void) {
    this.#onChange = onChange;
    const fields = MEASURES.map(({ name, min, max, value }) => {
      const input = create("input");
      Object.assign(input, { type: "range", min, max, step: 0.1, value });
      const output = create("output");
      const label = create(
        "label",
        { className: "measure" },
        create("span", {}, name),
        output,
        input,
      );
      input.addEventListener("input", () => {
        this.#print();
        onChange();
      });
      return { input, output, label };
    });
    this.#inputs = fields.map(({ input }) => input);
    this.#outputs = fields.map(({ output }) => output);
    find("measures", HTMLElement).append(...fields.map(({ label }) => label));
    this.#print();
  }

  /** The four measures. */
  read(): Float32Array {
    return Float32Array.from(this.#inputs, ({ valueAsNumber }) => valueAsNumber);
  }

  /** Takes those of a flower. */
  show(measures: Float32Array): void {
    this.#inputs.forEach((input, i) => input.value = measures[i]!.toFixed(1));
    this.#print();
    this.#onChange();
  }

  #print(): void {
    this.#inputs.forEach((input, i) => {
      const text = `${input.valueAsNumber.toFixed(1)} cm`;
      this.#outputs[i]!.textContent = text;
      input.ariaValueText = text;
    });
  }
}
