import type { Layer } from "@gradus/layers";
import { numbersOf } from "./_named_state.ts";

/** What stands beside a model's tensors in a file: its settings, and the numbers among its states. */
export function modelMetadata(model: Layer): Record<string, string> {
  const numbers = Object.fromEntries(numbersOf(model).map(({ name, value }) => [name, value]));
  const settings: Record<string, string> = model.toJSON === undefined
    ? {}
    : { model: JSON.stringify(model) };
  return { format: "gradus", numbers: JSON.stringify(numbers), ...settings };
}

/** The numbers among a model's states, from a file; none if the file is not of our making. */
export function parseNumbers(file: string, text: string | undefined): Map<string, number> {
  const value = text === undefined ? {} : parseJson(file, "numbers", text);
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new SyntaxError(`Cannot read ${file} as numbers must be an object: found ${text}`);
  }
  return new Map(
    Object.entries(value).map(([name, number]) => {
      if (typeof number !== "number") {
        throw new SyntaxError(
          `Cannot read ${file} as ${name} must be a number: found ${JSON.stringify(number)}`,
        );
      }
      return [name, number];
    }),
  );
}

/** JSON of a file's metadata. */
export function parseJson(file: string, name: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new SyntaxError(
      `Cannot read ${file} as its metadata ${name} must be JSON: found ${text.slice(0, 40)}`,
      { cause },
    );
  }
}
