import type { Padding2d } from "@gradus/layers";
import type { Shape } from "@gradus/tensor";
import { excerpt, type Json, member } from "./_refuse.ts";

type Pair = readonly [height: number, width: number];

/** Reads the settings of a layer of Keras, and remembers the first that no layer of Gradus can have. */
export class Settings {
  /** What that is; null if all went well. */
  problem: string | null = null;
  readonly #config: Json;

  constructor(config: Json) {
    this.#config = config;
  }

  /** Text. */
  text(name: string, fallback?: string): string {
    const value = this.#value(name, fallback);
    return typeof value === "string" ? value : this.refuse(name, "");
  }

  /** True or false. */
  flag(name: string, fallback: boolean): boolean {
    const value = this.#value(name, fallback);
    return typeof value === "boolean" ? value : this.refuse(name, fallback);
  }

  /** A finite number. */
  number(name: string, fallback?: number): number {
    const value = this.#value(name, fallback);
    return Number.isFinite(value) ? value as number : this.refuse(name, 0);
  }

  /** A whole number of at least 1. */
  count(name: string, fallback?: number): number {
    const value = this.#value(name, fallback);
    return isCount(value) ? value : this.refuse(name, 1);
  }

  /** Rows and columns. */
  pair(name: string, fallback?: Pair): Pair {
    const value = this.#value(name, fallback);
    const pair = Array.isArray(value) ? value : [value, value];
    return pair.length === 2 && pair.every(isCount)
      ? [pair[0], pair[1]]
      : this.refuse<Pair>(name, [1, 1]);
  }

  /** Same or valid. */
  padding(): Padding2d {
    const value = this.text("padding", "valid");
    return value === "same" || value === "valid"
      ? value
      : this.refuse<Padding2d>("padding", "valid");
  }

  /** One number for all four sides. */
  evenPadding(): number {
    const value = this.#value("padding", 1);
    const sides: unknown[] = Array.isArray(value) ? value.flat() : [value];
    const [first] = sides;
    const isEven = sides.length <= 4 && sides.every((side) => side === first);
    return isEven && isCount(first) ? first : this.refuse("padding", 1);
  }

  /** The last axis of such inputs, counted with the batch's. */
  lastAxis(input: Shape | null): void {
    const value = this.#value("axis", -1);
    const axis = Array.isArray(value) && value.length === 1 ? value[0] : value;
    if (axis !== -1 && input !== null && axis !== input.length) this.refuse("axis", null);
  }

  /** A setting that has to be one of some values, or missing. */
  only(name: string, values: readonly unknown[]): void {
    const value = member(this.#config, name);
    if (value !== undefined && !values.includes(value)) this.refuse(name, null);
  }

  /** Remembers that a setting cannot be; returns what to go on with until that is told. */
  refuse<T>(name: string, goOn: T): T {
    this.problem ??= `${name} ${excerpt(member(this.#config, name))}`;
    return goOn;
  }

  #value(name: string, fallback: unknown): unknown {
    return member(this.#config, name) ?? fallback;
  }
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1;
}
